// The page: which view is shown, and how to get from one to the other. An address restores a view exactly.

import { onstep, push } from "./address.js";
import { dropAll, ready } from "./charts.js";
import { make, say } from "./dom.js";
import { forum } from "./forum.js";
import { address, Away, readable, Refused, session } from "./net.js";
import { problems } from "./problems.js";
import { lost, watch } from "./server.js";
import { upload } from "./upload.js";
import { strategies } from "./strategies.js";
import { told } from "./view.js";
import { whatif } from "./whatif/view.js";

const OWN = { whatif, forum, strategies };
const WORDS = new Set(["claims", "sources"]);
const root = document.documentElement;
const place = document.getElementById("view");
const links = [...document.querySelectorAll("nav a[data-view]")];
const caseTitle = document.querySelector("h1").textContent;
let leaving = new AbortController();

/** Which view the address names. */
function named() {
  const name = location.pathname.split("/").pop();
  return links.find((link) => link.dataset.view === name) ?? links[0];
}

/** Go to an address within the page. */
function go(url) {
  push(url);
  show({ moved: true });
}

/** Show what the address asks for; `moved` says that the reader came from another view. */
async function show({ moved = false } = {}) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving,
    link = named(),
    view = link.dataset.view,
    title = link.textContent;
  dropAll();
  if (!WORDS.has(view)) ready();
  root.dataset.view = view;
  root.dataset.state = "loading";
  document.title = `${title} · ${caseTitle}`;
  for (const each of links) each.toggleAttribute("aria-current", false);
  link.setAttribute("aria-current", "page");
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
  const heading = make("h2", { id: "heading", tabindex: -1 }, link.dataset.question);
  const body = make("div", { class: "body" });
  place.replaceChildren(heading, body);
  if (moved) {
    scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }
  try {
    await (OWN[view] ?? told)(body, { view, title, signal });
    if (signal.aborted) return;
    root.dataset.state = "shown";
    if (moved) say(`${title} is shown.`);
  } catch (error) {
    if (signal.aborted) return;
    root.dataset.state = "failed";
    failed(body, error);
  }
}

function failed(body, error) {
  if (error instanceof Away) {
    lost();
    if (!body.hasChildNodes())
      body.append(make("p", { class: "quiet" }, "Nothing to show until the server answers."));
  } else if (error instanceof Refused) {
    const rest =
      error.status === 410
        ? make("a", { href: location.pathname }, "Show the case of the command instead")
        : null;
    const bare =
      error.status === 400 && location.search
        ? make("a", { href: address(location.pathname) }, "Show the view without these")
        : null;
    body.prepend(problems(error.problems, rest ?? bare));
  } else {
    console.error(error);
    body.prepend(problems([{ where: "page", what: "a fault of the page's own", hint: "load it anew" }]));
  }
}

/** Keep links to views within the page, and the session in them. */
function follow(event) {
  const link = event.target.closest?.("a[href^='/view/']");
  if (
    !link ||
    event.defaultPrevented ||
    event.button ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  )
    return;
  event.preventDefault();
  go(link.getAttribute("href"));
}

document.addEventListener("click", follow);
onstep((moved) => show({ moved }));
upload(document.getElementById("another"));
watch(again);
if (session()) for (const link of links) link.href = readableHref(link);
show();

/** Show the view anew, and leave the reader where they were: scrolled, in a control, with folds open. */
async function again() {
  const at = [scrollX, scrollY],
    { id } = document.activeElement ?? {},
    open = new Set([...place.querySelectorAll("details[open] > summary")].map((each) => each.textContent));
  await show();
  for (const each of place.querySelectorAll("details > summary"))
    if (open.has(each.textContent)) each.parentElement.open = true;
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
  scrollTo(...at);
}

function readableHref(link) {
  return `${link.pathname}?${readable(new URLSearchParams({ session: session() }))}`;
}
