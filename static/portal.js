// Makes pages nicer; every page works without it.
"use strict";
(() => {
  const all = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);
  const remembered = { get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
                       set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } } };

  all("[data-focus]", (part) => part.focus());

  // Copy buttons
  if (navigator.clipboard) all("[data-copy]", (button) => {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  });

  // Menus and confirmations: "Not now", Escape and a click elsewhere close them
  const close = (details) => { details.open = false; details.querySelector("summary").focus(); };
  all("[data-close]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => close(button.closest("details")));
  });
  document.addEventListener("click", (event) => all(".person[open]", (menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  }));
  const narrow = matchMedia("(max-width: 960px)");
  let opened = false;
  const closeSheet = () => { if (opened) history.back(); else location.hash = "content"; opened = false; };
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href="#menu"], [data-sheet] .close');
    const outside = location.hash === "#menu" && !event.target.closest("[data-sheet]") && event.detail && narrow.matches;
    if (outside) { event.preventDefault(); closeSheet(); return; }
    if (!link) return;
    if (link.classList.contains("close")) { event.preventDefault(); closeSheet(); } else opened = location.hash !== "#menu";
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    if (open) close(open); else if (location.hash === "#menu") closeSheet();
  });

  // Filters apply on choosing with the pointer; by keyboard, a closed list changes with every arrow, so the button acts
  all("[data-filters] select", (select) => {
    let pointed = false;
    select.addEventListener("pointerdown", () => { pointed = true; });
    select.addEventListener("keydown", () => { pointed = false; });
    select.addEventListener("change", () => { if (pointed) select.form.requestSubmit(); });
  });

  // Long lists narrow while one types: what has not every word hides, and so does a section left with nothing
  all("[data-narrow]", (input) => {
    const whole = document.getElementById(input.dataset.narrow);
    const narrow = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      all("[data-row]", (row) => { row.hidden = !words.every((word) => row.dataset.row.includes(word)); }, whole);
      all("[data-rows]", (rows) => { rows.hidden = !rows.querySelector("[data-row]:not([hidden])"); }, whole);
    };
    const isWhole = !input.value;
    input.addEventListener("keydown", (event) => { if (event.key === "Enter" && isWhole) event.preventDefault(); });
    input.addEventListener("input", narrow);
  });

  // Look-ups: the value is an id, so say beside it whom or what it means
  all("input[list]", (input) => {
    const chosen = document.createElement("p");
    chosen.className = "hint chosen";
    chosen.setAttribute("role", "status");
    input.after(chosen);
    const show = () => {
      chosen.textContent = [...input.list.options].find((option) => option.value === input.value)?.label ?? "";
    };
    input.addEventListener("input", show);
    show();
  });

  // Canned answers: the chosen one goes where the cursor is, beside what is written already
  all("[data-canned]", (form) => form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const url = new URL(form.action);
    url.searchParams.set("canned", form.elements.canned.value);
    const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const text = page && page.getElementById(form.dataset.canned)?.defaultValue;
    if (!text) { form.submit(); return; }
    const field = document.getElementById(form.dataset.canned);
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.focus();
  }));

  // What goes on elsewhere: the part is asked for anew until it says that it is over; then the whole page is
  all("[data-live]:not([data-live=''])", (part) => {
    const look = async () => {
      const answer = await fetch(part.dataset.live, { headers: { Accept: "text/html" } }).catch(() => null);
      const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page && page.querySelector("[data-live]");
      if (now && !now.dataset.live) { location.replace(part.dataset.live); return; }
      if (now) part.replaceChildren(...now.childNodes);
      setTimeout(look, 2000);
    };
    setTimeout(look, 2000);
  });

  // Keyboard shortcuts, switched off per browser on the profile page: "/" searches, "g" and a letter goes there
  const places = { h: ["/", "/provider/"], l: ["/licenses/"], d: ["/downloads/"], s: ["/support/tickets/", "/provider/sites/"],
    m: ["/monitoring/", "/provider/monitoring/"], q: ["/documents/quotations/"], o: ["/documents/sales-orders/"],
    i: ["/documents/invoices/"], p: ["/users/"], c: ["/provider/customers/"], r: ["/provider/requests/"], y: ["/history/"] };
  all("[data-shortcuts]", (box) => {
    box.checked = remembered.get("shortcuts") !== "off";
    box.addEventListener("change", () => remembered.set("shortcuts", box.checked ? "on" : "off"));
  });
  all("[data-scripted]", (part) => { part.hidden = false; });
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (remembered.get("shortcuts") === "off") return;
    if (event.key === "/") {
      const box = [...document.querySelectorAll("[data-search]")].find((input) => input.offsetParent);
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    } else if (event.key === "g") going = event.timeStamp;
    else if (going && event.timeStamp - going < 1500) {
      going = 0;
      const link = [...document.querySelectorAll("#menu a")].find((entry) => places[event.key]?.includes(entry.pathname));
      if (link) link.click();
    }
  });
})();
