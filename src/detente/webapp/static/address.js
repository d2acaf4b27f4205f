// Where the reader is: the address, and steps through its history.

let at = location.pathname + location.search;

/** Go to another address, which the reader can come back from. */
export function push(url) {
  if (url === at) return;
  history.pushState(null, "", url);
  at = url;
  dispatchEvent(new CustomEvent("addressed"));
}

/** Call back when the page has gone to another address by itself, until `signal` says that nobody listens. */
export function onpush(back, signal) {
  addEventListener("addressed", () => back(), { signal });
}

/** Call back when the reader goes back or forward to another address; a jump within the page is none. */
export function onstep(back) {
  addEventListener("popstate", () => {
    const now = location.pathname + location.search;
    if (now === at) return;
    const before = at;
    at = now;
    back(before.split("?")[0] !== location.pathname);
  });
}
