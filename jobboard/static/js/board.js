// The board: cards are dragged, arrow keys go from card to card, and a move does not load the page anew.
// Without this script each card's menu is a plain form.
"use strict";

(() => {
  const form = () => document.querySelector("form[data-board]");
  if (!form()) return;

  const policy = window.trustedTypes?.createPolicy("own-pages", { createHTML: (text) => text });
  const announcement = document.createElement("p");
  announcement.className = "visually-hidden";
  announcement.role = "status";
  document.querySelector("main").append(announcement);

  const messages = () => document.querySelector("[data-board-messages]");
  const cardOf = (id) => document.querySelector(`[data-card^="${id}:"]`);
  let isBusy = false;

  const takeOver = (page, id) => {
    const [freshForm, freshMessages] = [page.querySelector("form[data-board]"), page.querySelector("[data-board-messages]")];
    const place = form().querySelector(".board").scrollLeft;
    const notices = [...page.querySelectorAll("main .notice")].map((one) => document.adoptNode(one));
    form().replaceWith(document.adoptNode(freshForm));
    messages().replaceWith(document.adoptNode(freshMessages));
    messages().replaceChildren(...notices);
    form().querySelector(".board").scrollLeft = place;
    announcement.textContent = notices.map((one) => one.textContent.trim()).join(" ");
    (cardOf(id)?.querySelector("[data-open]") ?? form().querySelector(".board")).focus({ preventScroll: true });
  };

  // The server decides; what it answers is shown, also when somebody else was quicker (409).
  const move = async (value) => {
    if (isBusy) return;
    isBusy = true;
    const body = new URLSearchParams({ csrf_token: form().elements.csrf_token.value, move: value });
    form().setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form().getAttribute("action"), { method: "POST", body });
      const text = await response.text();
      const page = new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
      if (!page.querySelector("form[data-board]")) throw new Error(String(response.status));
      takeOver(page, value.split(":")[0]);
    } catch {
      const words = form().dataset.failed;
      announcement.textContent = words;
      const note = document.createElement("p");
      note.className = "error";
      note.textContent = words;
      messages().replaceChildren(note);
    } finally {
      isBusy = false;
      form().removeAttribute("aria-busy");
    }
  };

  document.addEventListener("submit", (event) => {
    if (event.target !== form() || event.submitter?.name !== "move") return;
    event.preventDefault();
    move(event.submitter.value);
  });

  // --- one menu at a time; Escape and a click elsewhere close it
  document.addEventListener("toggle", ({ target }) => {
    if (!target.matches?.("[data-menu]") || !target.open) return;
    for (const other of document.querySelectorAll("[data-menu][open]")) if (other !== target) other.open = false;
  }, true);
  document.addEventListener("click", ({ target }) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(target)) menu.open = false;
  });

  // --- arrow keys
  const step = (card, key) => {
    const column = card.closest("[data-stage]");
    const cards = [...column.querySelectorAll("[data-card]")];
    const at = cards.indexOf(card);
    if (key === "ArrowDown") return cards[at + 1];
    if (key === "ArrowUp") return cards[at - 1];
    const columns = [...document.querySelectorAll(".board [data-stage]")].filter((one) => one === column || one.querySelector("[data-card]"));
    const isForward = (key === "ArrowRight") === (document.dir !== "rtl");
    const next = columns[columns.indexOf(column) + (isForward ? 1 : -1)];
    const others = next ? [...next.querySelectorAll("[data-card]")] : [];
    return others[Math.min(at, others.length - 1)];
  };

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("[data-menu][open]");
    if (menu && event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
      return;
    }
    const card = event.target.closest?.("[data-card]");
    if (!card || menu || !event.key.startsWith("Arrow") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step(card, event.key)?.querySelector("[data-open]").focus();
  });

  // --- dragging with mouse or pen; a finger scrolls and uses the menu
  const FAR = 6;
  let drag = null;

  const columnAt = (x, y) => document.elementFromPoint(x, y)?.closest(".board [data-stage]");
  const isAllowed = (column) => Boolean(column) && drag.moves.includes(column.dataset.stage);

  const begin = () => {
    drag.isMoving = true;
    drag.card.classList.add("is-dragged");
    for (const column of document.querySelectorAll(".board [data-stage]")) column.classList.toggle("is-target", isAllowed(column));
  };
  const end = () => {
    drag.card.classList.remove("is-dragged");
    drag.card.style.removeProperty("translate");
    for (const column of document.querySelectorAll(".board [data-stage]")) column.classList.remove("is-target", "is-over");
    drag = null;
  };

  document.addEventListener("pointerdown", (event) => {
    const card = event.target.closest("[data-card][data-moves]");
    if (!card || event.button !== 0 || event.pointerType === "touch" || event.target.closest("[data-menu]")) return;
    drag = { card, x: event.clientX, y: event.clientY, moves: card.dataset.moves.split(" "), isMoving: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.isMoving && Math.hypot(x, y) < FAR) return;
    if (!drag.isMoving) begin();
    drag.card.style.setProperty("translate", `${x}px ${y}px`);
    const over = columnAt(event.clientX, event.clientY);
    for (const column of document.querySelectorAll(".board [data-stage]")) column.classList.toggle("is-over", column === over && isAllowed(over));
  });
  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const { card, isMoving } = drag;
    const column = columnAt(event.clientX, event.clientY);
    const value = isMoving && isAllowed(column) ? `${card.dataset.card}:${column.dataset.stage}` : null;
    end();
    if (isMoving) document.addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
    setTimeout(() => { if (value) move(value); });
  });
  document.addEventListener("pointercancel", () => { if (drag) end(); });
  document.addEventListener("keydown", (event) => { if (drag && event.key === "Escape") end(); });
  // A link has a dragging of its own.
  document.addEventListener("dragstart", (event) => { if (event.target.closest("[data-card]")) event.preventDefault(); });
})();
