// Questions to the server. What goes wrong is one of two things: it refuses, with problems, or it is away.

const BYTES = 9;

/** This tab, to the server: of its questions the newest counts. */
export const client = Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (byte) =>
  byte.toString(36),
).join("");

/** An answer that is no: its problems are {where, what, hint}. */
export class Refused extends Error {
  constructor(status, problems, wait = 0) {
    super(problems.map((each) => `${each.where}: ${each.what}`).join("; "));
    this.status = status;
    this.problems = problems;
    this.wait = wait;
  }
}

/** No answer at all: the server has stopped, or cannot be reached. */
export class Away extends Error {}

/** Which uploaded case the page is about; empty for the one that the command names. */
export function session() {
  return new URLSearchParams(location.search).get("session") ?? "";
}

/** Return an address with its query: pairs of name and value, and the session. */
export function address(path, pairs = []) {
  const query = new URLSearchParams(pairs);
  if (session() && !query.has("session")) query.append("session", session());
  const text = readable(query);
  return text ? `${path}?${text}` : path;
}

/** Return a query string that leaves slashes as they are: they are allowed, and easier to read. */
export function readable(query) {
  return query.toString().replaceAll("%2F", "/");
}

/** Return what the server answers as JSON; raises `Refused` or `Away`. */
export async function ask(path, pairs = [], { signal } = {}) {
  return read(await reach(address(path, pairs), { signal }));
}

/** Return what the server answers as text. */
export async function text(path, pairs = []) {
  const answer = await reach(address(path, pairs));
  return answer.ok ? answer.text() : read(answer);
}

/** Send a form, with the token that shows it is from this page. */
export async function send(path, form, { signal } = {}) {
  const headers = { "x-detente-token": document.documentElement.dataset.token };
  return read(await reach(path, { method: "POST", body: form, headers, signal }));
}

/** Follow a stream of events: yields {name, content}. */
export async function* events(path, pairs, { signal } = {}) {
  const answer = await reach(address(path, pairs), { signal });
  if (!answer.ok) await read(answer);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw gone(error);
    });
    if (done) return;
    const pieces = (held + value).split("\n\n");
    held = pieces.pop();
    yield* pieces.map(event).filter(Boolean);
  }
}

function event(piece) {
  const lines = piece.split("\n");
  const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
  const data = lines
    .filter((line) => line.startsWith("data: "))
    .map((line) => line.slice(6))
    .join("\n");
  return name ? { name, content: JSON.parse(data || "{}") } : null;
}

async function reach(url, options) {
  try {
    return await fetch(url, { cache: "no-store", credentials: "same-origin", ...options });
  } catch (error) {
    throw gone(error);
  }
}

function gone(error) {
  return error.name === "AbortError" ? error : new Away(error.message);
}

async function read(answer) {
  const told = await answer.json().catch((error) => {
    if (error.name === "AbortError") throw error;
    return null;
  });
  if (answer.ok && told !== null) return told;
  const problems = told?.errors ?? [{ where: "server", what: `answers ${answer.status}`, hint: "try again" }];
  throw new Refused(answer.status, problems, Number(answer.headers.get("retry-after")) || 0);
}
