// Keeps a page of monitoring true: asks for it anew, and changes only what differs. Pages work without it.
"use strict";
(() => {
  const bar = document.querySelector("[data-refresh]");
  if (!bar) return;
  const pause = bar.querySelector("[data-pause]");
  const said = { state: bar.querySelector("[data-state]").textContent, pause: pause.textContent };
  let timer = 0, turn = 0, busy = 0, paused = false, over = false;

  // Lets `old` become `now` without touching what is the same: focus, selection, scrolling and open parts stay
  const keyOf = (node) => node.nodeType === Node.ELEMENT_NODE ? node.dataset.key ?? node.id : "";
  const alike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName && keyOf(one) === keyOf(other);
  const become = (old, now) => {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== now.data) old.data = now.data;
      return;
    }
    for (const { name } of [...old.attributes]) if (name !== "open" && !now.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of now.attributes) if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
    if (old.matches("textarea, select")) return;
    const keyed = new Map([...old.children].filter(keyOf).map((child) => [keyOf(child), child]));
    let at = old.firstChild;
    for (const wanted of [...now.childNodes]) {
      let here = keyOf(wanted) ? keyed.get(keyOf(wanted)) : at;
      if (here && alike(here, wanted)) {
        if (here !== at) old.insertBefore(here, at);
        become(here, wanted);
      } else old.insertBefore(here = document.importNode(wanted, true), at);
      at = here.nextSibling;
    }
    while (at) { const next = at.nextSibling; at.remove(); at = next; }
  };

  const selecting = () => {
    const live = document.getElementById("live"), selection = getSelection();
    return !selection.isCollapsed && selection.containsNode(live, true);
  };
  const say = (text) => {
    const place = bar.querySelector("[data-state]");
    if (place.textContent !== text) place.textContent = text;
  };
  const show = (page) => {
    const focused = document.activeElement;
    become(document.getElementById("live"), page.getElementById("live"));
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
    become(bar.querySelector("[data-at]"), page.querySelector("[data-at]"));
    say(said.state);
  };
  const ask = async (address, wish) => {
    const mine = ++turn;
    busy += 1;
    const answer = await fetch(address, { ...wish, headers: { Accept: "text/html", "X-Refresh": "automatic" } }).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    busy -= 1;
    if (mine !== turn) return true;
    if (page && page.getElementById("live")) { show(page); return true; }
    over = Boolean(answer?.redirected) || [401, 403, 404].includes(answer?.status);
    say(over ? bar.dataset.signedOut : bar.dataset.lost);
    return false;
  };
  const look = async () => {
    clearTimeout(timer);
    if (!busy && !paused && !over && !document.hidden && !selecting()) await ask(location.href);
    clearTimeout(timer);
    if (!over) timer = setTimeout(look, bar.dataset.refresh * 1000);
  };

  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? pause.dataset.resume : said.pause;
    if (!paused) look();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });

  // A button that only changes what one sees: its answer is this page, put in its place
  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("#live [data-swap]") || over) return;
    event.preventDefault();
    const form = event.target;
    if (!await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })) form.submit();
  });

  timer = setTimeout(look, bar.dataset.refresh * 1000);
})();
