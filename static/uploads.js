// Files: drop them on the field, see and take back what was chosen, send them with progress. Forms work without it.
"use strict";
(() => {
  const language = document.documentElement.lang || "en";
  const kilobytes = new Intl.NumberFormat(language, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 });
  const megabytes = new Intl.NumberFormat(language, { style: "unit", unit: "megabyte", maximumFractionDigits: 0 });
  const size = (bytes) => bytes < 1024 ** 2 ? kilobytes.format(Math.ceil(bytes / 1024)) : megabytes.format(bytes / 1024 ** 2);
  const element = (name, properties = {}) => Object.assign(document.createElement(name), properties);

  // What was chosen: several times in a row adds up
  const kept = new WeakMap();
  const same = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
  const put = (field, files) => {
    const input = field.querySelector("input[type=file]");
    const chosen = new DataTransfer();
    files.forEach((file) => chosen.items.add(file));
    input.files = chosen.files;
    kept.set(input, files);
    show(field, files);
  };
  const add = (field, files) => {
    const input = field.querySelector("input[type=file]");
    const before = input.multiple ? kept.get(input) ?? [] : [];
    const more = files.filter((file) => !before.some((other) => same(file, other)));
    put(field, [...before, ...more].slice(0, input.multiple ? undefined : 1));
  };
  const isTooLarge = (field, file) => field.dataset.limit && file.size > Number(field.dataset.limit);
  const isTooMany = (field, files) => field.dataset.most && files.length > Number(field.dataset.most);

  const show = (field, files) => {
    const list = field.querySelector(".files");
    const lines = files.map((file, at) => {
      const line = element("li", { textContent: `${file.name} · ${size(file.size)} ` });
      if (isTooLarge(field, file)) line.append(element("strong", { className: "error", textContent: `${field.dataset.tooLarge} ` }));
      const button = element("button", { type: "button", className: "button plain", textContent: "×" });
      button.setAttribute("aria-label", field.dataset.remove.replace("{name}", file.name));
      button.addEventListener("click", () => {
        put(field, files.filter((_file, other) => other !== at));
        (list.querySelectorAll("button")[at] ?? field.querySelector("input")).focus();
      });
      line.append(button);
      return line;
    });
    if (isTooMany(field, files)) lines.unshift(element("li", { className: "error", textContent: field.dataset.tooMany }));
    list.replaceChildren(...lines);
    list.hidden = lines.length === 0;
  };

  const fieldOf = (event) => event.target.closest?.("[data-drop]");
  document.addEventListener("change", (event) => {
    const field = event.target.matches("input[type=file]") && fieldOf(event);
    if (field) add(field, [...event.target.files]);
  });
  for (const name of ["dragover", "dragleave", "drop"]) document.addEventListener(name, (event) => {
    const field = fieldOf(event);
    if (!field || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    field.classList.toggle("over", name === "dragover");
    if (name === "drop") add(field, [...event.dataTransfer.files]);
  });

  // Sending: a form with files goes by itself, says how far it is, and can be stopped
  let sending = null;
  addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });

  const chosenIn = (form) => [...form.querySelectorAll("[data-drop]")].map((field) =>
    [field, [...field.querySelector("input[type=file]").files]]);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-sends]")) return;
    const fields = chosenIn(form).filter(([, files]) => files.length);
    if (sending) { event.preventDefault(); return; }
    if (!fields.length) return;
    event.preventDefault();
    const wrong = fields.find(([field, files]) => isTooMany(field, files) || files.some((file) => isTooLarge(field, file)));
    if (wrong) wrong[0].querySelector("input").focus(); else send(form, event.submitter);
  });

  const send = (form, submitter) => {
    const part = form.querySelector(".sending"), bar = part.querySelector("progress");
    const text = part.querySelector("[role=status]"), stop = part.querySelector("[data-stop]");
    const buttons = [...form.querySelectorAll("button:not([type=button])")];
    const say = (words) => { text.textContent = words; };
    let said = -1;
    const request = sending = new XMLHttpRequest();
    const over = (words = "") => {
      sending = null;
      buttons.forEach((button) => { button.disabled = false; });
      stop.hidden = bar.hidden = true;
      say(words);
      if (words) submitter?.focus();
    };
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.max = total; bar.value = loaded;
      const step = Math.floor(loaded / total * 10);  // a screen reader hears every tenth
      if (step > said) { said = step; say(text.dataset.sending.replace("{done}", size(loaded)).replace("{all}", size(total))); }
    });
    request.upload.addEventListener("load", () => say(text.dataset.keeping));
    request.addEventListener("error", () => over(text.dataset.broken));
    request.addEventListener("abort", () => over(text.dataset.stopped));
    request.addEventListener("load", () => { over(); arrived(request, form, text); });
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    buttons.forEach((button) => { button.disabled = true; });
    stop.onclick = () => request.abort();
    part.hidden = bar.hidden = stop.hidden = false;
    stop.focus();
    request.send(data);
  };

  // What came back: the way on; the same form with what is wrong; or a page that says what happened
  const arrived = (request, form, text) => {
    const next = request.getResponseHeader("Location");
    if (request.status === 201 && next) {
      const address = new URL(next, location.href);
      const stays = address.pathname === location.pathname;
      location.assign(address);
      if (stays && address.hash) location.reload();
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const again = page.querySelector(`form[data-sends][action="${form.getAttribute("action")}"]`);
    if (again) {
      const files = chosenIn(form).map(([, chosen]) => chosen);
      const main = document.querySelector("main");
      main.replaceChildren(...page.querySelector("main").childNodes);
      main.querySelectorAll("[data-lost]").forEach((hint) => hint.remove());
      main.querySelectorAll(`form[data-sends] [data-drop]`).forEach((field, at) => { if (files[at]?.length) put(field, files[at]); });
      main.querySelector("[data-focus]")?.focus();
      return;
    }
    const words = [...page.querySelectorAll("h1, .lead")].map((line) => line.textContent.trim()).join(". ");
    text.textContent = words || text.dataset.broken;
  };
})();
