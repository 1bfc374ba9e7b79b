// Small comforts. Everything works without them.
"use strict";

// Errors come first.
document.querySelector("[data-focus]")?.focus();

// On a phone the desk's navigation scrolls: where one is stands in sight.
document.querySelector(".desk .site-nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// The filter panel: open where there is room, in browsers that cannot be told so by the style sheet.
for (const fold of document.querySelectorAll("[data-fold]")) {
  if (CSS.supports("selector(::details-content)")) continue;
  const wide = matchMedia("(min-width: 60rem)");
  const follow = () => { fold.open = wide.matches; };
  wide.addEventListener("change", follow);
  follow();
}

// From a filtered list one goes back to it as it was filtered.
for (const link of document.querySelectorAll("a[data-back]")) {
  if (document.referrer.startsWith(`${link.href}?`)) link.href = document.referrer;
}

// A file that is too large is better refused before it travels.
document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("input[type=file][data-most]")) return;
  const isTooLarge = [...target.files].some((file) => file.size > Number(target.dataset.most));
  const box = target.parentElement.querySelector("[data-too-large]");
  box.textContent = isTooLarge ? box.dataset.tooLarge : "";
});

// Passing an address on: only what this browser can do is shown.
const can = { share: Boolean(navigator.share), clipboard: Boolean(navigator.clipboard), print: true };
for (const item of document.querySelectorAll("[data-needs]")) item.hidden = !can[item.dataset.needs];
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !can.clipboard;
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy], [data-share], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) print();
  if (button.dataset.share) {
    // Closing the system's panel is no error.
    await navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {});
  }
  if (button.dataset.copy) {
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.querySelector("span");
    const before = words.textContent;
    words.textContent = button.dataset.done;
    setTimeout(() => { words.textContent = before; }, 2000);
  }
});
