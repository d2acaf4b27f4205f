// Watches whether the server is there. When it has gone the page says so, waits, and goes on when it is back.

import { make, say } from "./dom.js";

const BEAT = 5_000;
const SOON = 1_000;
const PATIENCE = 4_000;

let away = false;
let again = () => {};

/** Begin to watch; `back` is called when the server is there again. */
export function watch(back) {
  again = back;
  setInterval(() => {
    if (!away && !document.hidden) look();
  }, BEAT);
  for (const name of ["online", "visibilitychange"])
    addEventListener(
      name,
      () => {
        if (!document.hidden) look();
      },
      true,
    );
}

/** Say that the server is away, and look for it until it is back. */
export function lost() {
  if (away) return;
  away = true;
  document
    .getElementById("server")
    .replaceChildren(
      make(
        "p",
        {},
        "The server does not answer: it has been stopped, or this machine was asleep. What you see stays as " +
          "it is. Start the same command again, and the page goes on by itself.",
      ),
    );
  setTimeout(look, SOON);
}

async function look() {
  try {
    const answer = await fetch("/static/icon.svg", {
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    if (away) await found();
  } catch {
    if (away) setTimeout(look, SOON);
    else lost();
  }
}

/** Take over the token of the server that is there now, and go on. */
async function found() {
  const { csrf } = await (await fetch("/api/token", { cache: "no-store" })).json();
  const restarted = csrf !== document.documentElement.dataset.token;
  document.documentElement.dataset.token = csrf;
  away = false;
  document.getElementById("server").replaceChildren();
  say(restarted ? "The server has been started again; the page goes on." : "The server answers again.");
  again();
}
