// Elements, without a template language: text is always text, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** Return an element: properties that begin with "on" are listeners, the others attributes; false leaves one out. */
export function make(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

/** The same for a drawing. */
export function drawn(tag, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(
    ...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false),
  );
  return element;
}

/** Return a choice with its label: options [key, title], the one that is chosen, and what hears of another. */
export function choice(label, options, value, onchange) {
  const held = make(
    "select",
    { onchange: () => onchange(held.value) },
    options.map(([key, title]) => make("option", { value: key }, title)),
  );
  held.value = value;
  return make("label", {}, `${label} `, held);
}

/** Tell screen readers something, once they have done with what they say. */
export function say(text) {
  document.getElementById("said").textContent = text;
}

/** Return a function that runs `work` once `rest` milliseconds have passed without another call. */
export function settled(work, rest) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), rest);
  };
}

/** Let the browser save a text, or an address that holds data, as a file. */
export function save(name, content, type = "text/plain") {
  const url = content.startsWith("data:") ? content : URL.createObjectURL(new Blob([content], { type }));
  make("a", { href: url, download: name }).click();
  if (!content.startsWith("data:")) setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Put a text on the clipboard; returns whether the browser let us. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
