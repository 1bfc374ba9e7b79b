// Single keys for what otherwise takes a click. They can be switched off (WCAG 2.1.4): then this script is not loaded.
"use strict";

(() => {
  const places = document.currentScript.dataset;
  const policy = window.trustedTypes?.createPolicy("own-pages", { createHTML: (text) => text });
  let first = "", timer;

  const $ = (selector) => document.querySelector(selector);
  const isTyping = (target) => target.matches?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

  const rows = () => [...document.querySelectorAll("[data-row], [data-card]")];
  const current = () => document.activeElement?.closest("[data-row], [data-card]");
  const chosen = () => document.querySelectorAll("input[name=chosen]:checked").length;
  const focus = (element) => {
    element?.scrollIntoView({ block: "nearest" });
    element?.focus();
    return Boolean(element);
  };

  // Along the rows of a list; on an application to the ones beside it in the list one came from.
  const step = (by) => {
    const all = rows();
    if (!all.length) return $(by > 0 ? "[data-key-next]" : "[data-key-previous]")?.click();
    const at = all.indexOf(current());
    const next = all[at < 0 ? (by > 0 ? 0 : -1) : at + by];
    return focus(next?.querySelector("[data-open]"));
  };

  const bulk = (value) => {
    const select = $("#bulk-do");
    const box = current()?.querySelector("input[name=chosen]");
    if (!select) return false;
    if (!chosen() && box) choose(box);
    if (!chosen()) return false;
    if (value) select.value = value;
    return focus(select);
  };
  const choose = (box) => {
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const openMenu = () => {
    const menu = current()?.querySelector("[data-menu]");
    if (!menu) return false;
    menu.open = true;
    return focus(menu.querySelector(".card-move"));
  };

  const help = async () => {
    const dialog = $("[data-key-dialog]") ?? await made();
    dialog?.showModal();
  };
  const made = async () => {
    const response = await fetch(places.help).catch(() => null);
    const text = await response?.text();
    const page = text && new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
    const sheet = page && page.querySelector("[data-key-sheet]");
    if (!sheet) return location.assign(places.help);
    const dialog = document.createElement("dialog");
    dialog.className = "key-dialog";
    dialog.dataset.keyDialog = "";
    const heading = document.createElement("h2");
    heading.id = "key-dialog-title";
    heading.textContent = page.querySelector("h1").textContent;
    dialog.setAttribute("aria-labelledby", heading.id);
    const close = document.createElement("button");
    close.className = "button button-secondary button-small";
    close.textContent = places.close;
    close.addEventListener("click", () => dialog.close());
    for (const inner of sheet.querySelectorAll("h2")) {
      const smaller = document.createElement("h3");
      smaller.textContent = inner.textContent;
      inner.replaceWith(smaller);
    }
    const head = document.createElement("div");
    head.className = "key-dialog-head";
    head.append(heading, close);
    dialog.append(head, document.adoptNode(sheet));
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = places.style;
    document.head.append(style);
    document.body.append(dialog);
    return dialog;
  };

  const KEYS = {
    "?": help,
    "/": () => focus($("[data-key-search]")) || location.assign(places.inbox ?? places.help),
    j: () => step(1),
    k: () => step(-1),
    o: () => current()?.querySelector("[data-open]").click(),
    x: () => { const box = current()?.querySelector("input[name=chosen]"); if (box) choose(box); },
    m: () => bulk("") || openMenu() || focus($("[data-key-moves], input[name=to_stage]")),
    t: () => bulk("tag") || focus($("input[name=tags]")),
  };
  const AFTER_G = { i: "inbox", b: "board" };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target) || $("dialog[open]")) return;
    const place = first === "g" && AFTER_G[event.key];
    clearTimeout(timer);
    first = event.key;
    timer = setTimeout(() => { first = ""; }, 1500);
    if (place && places[place]) {
      event.preventDefault();
      location.assign(places[place]);
    } else if (KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });
})();
