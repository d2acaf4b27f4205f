// The state of all controls: the query of the address, and nothing beside it.

const OTHERS = new Set(["session", "client", "serial"]);

/** What is asked, as pairs of name and value; a name that is not there is as in the case. */
export class State {
  constructor(search) {
    this.pairs = [...new URLSearchParams(search)].filter(([name]) => !OTHERS.has(name));
  }

  get(name) {
    return this.pairs.find(([held]) => held === name)?.[1] ?? null;
  }

  all(name) {
    return this.pairs.filter(([held]) => held === name).map(([, value]) => value);
  }

  /** Give a parameter its value, in its place; null takes it out. */
  set(name, value) {
    const place = this.pairs.findIndex(([held]) => held === name);
    if (value === null) this.pairs = this.pairs.filter(([held]) => held !== name);
    else if (place < 0) this.pairs.push([name, value]);
    else this.pairs[place] = [name, value];
  }

  /** Put one of several values of a parameter in, or take it out. */
  toggle(name, value, on) {
    this.pairs = this.pairs.filter(([held, given]) => held !== name || given !== value);
    if (on) this.pairs.push([name, value]);
  }

  /** Names that begin with a word, as in `shift.`. */
  beginning(word) {
    return this.pairs.map(([name]) => name).filter((name) => name.startsWith(word));
  }
}
