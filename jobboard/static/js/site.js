// Small comforts. Everything works without them.
"use strict";

// The filter panel: always open where there is room, for browsers that cannot do this in CSS.
for (const fold of document.querySelectorAll("[data-fold]")) {
  const wide = matchMedia("(min-width: 60rem)");
  if (!CSS.supports("selector(::details-content)")) {
    const follow = () => { fold.open = wide.matches; };
    wide.addEventListener("change", follow);
    follow();
  }
}

// Errors come first.
document.querySelector("[data-focus]")?.focus();
