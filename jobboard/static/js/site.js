// Small comforts. Everything works without them.
"use strict";

// Errors come first.
document.querySelector("[data-focus]")?.focus();

// The filter panel: open where there is room, in browsers that cannot be told so by the style sheet.
for (const fold of document.querySelectorAll("[data-fold]")) {
  if (CSS.supports("selector(::details-content)")) continue;
  const wide = matchMedia("(min-width: 60rem)");
  const follow = () => { fold.open = wide.matches; };
  wide.addEventListener("change", follow);
  follow();
}

// A file that is too large is better refused before it travels.
document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("input[type=file][data-most]")) return;
  const isTooLarge = [...target.files].some((file) => file.size > Number(target.dataset.most));
  const box = target.parentElement.querySelector("[data-too-large]");
  box.textContent = isTooLarge ? box.dataset.tooLarge : "";
});

// Results follow the filters in place. The page itself comes from this site; only its parts are moved over.
const form = document.querySelector("form[data-filters]");
if (form && document.getElementById("results")) {
  const policy = window.trustedTypes?.createPolicy("own-pages", { createHTML: (text) => text });
  const announcement = document.createElement("p");
  announcement.className = "visually-hidden";
  announcement.role = "status";
  form.append(announcement);
  let timer, request;

  const address = () => {
    const params = new URLSearchParams();
    for (const field of form.elements) {
      if (!field.name || field.disabled || (field.matches("[type=checkbox], [type=radio]") && !field.checked)) continue;
      // Language and level belong together, so a row is taken whole or not at all.
      const row = field.closest(".speaks-row");
      if (row ? [...row.querySelectorAll("select")].some((one) => !one.value) : !field.value) continue;
      params.append(field.name, field.value);
    }
    return `${form.getAttribute("action")}?${params}`;
  };

  const takeOver = (page) => {
    document.getElementById("results").replaceWith(document.adoptNode(page.getElementById("results")));
    document.title = page.title;
    for (const fresh of page.querySelectorAll("[data-filters] .facet input")) {
      const old = form.querySelector(`[name="${CSS.escape(fresh.name)}"][value="${CSS.escape(fresh.value)}"]`);
      if (!old) continue;
      old.disabled = fresh.disabled && !old.checked;
      const [from, to] = [fresh, old].map((one) => one.parentElement.querySelector(".n"));
      if (from && to) to.replaceWith(document.adoptNode(from));
    }
    const rows = form.querySelector(".speaks");
    for (const row of [...page.querySelectorAll(".speaks-row")].slice(rows?.children.length)) rows.append(document.adoptNode(row));
    announcement.textContent = document.querySelector("#results [role=status], #results h2")?.textContent ?? "";
  };

  const refresh = async () => {
    const url = address();
    request?.abort();
    request = new AbortController();
    try {
      const answer = await fetch(url, { signal: request.signal });
      if (!answer.ok) return;
      const text = await answer.text();
      const page = new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
      if (!page.getElementById("results")) return;
      takeOver(page);
      history.replaceState(null, "", answer.url);
    } catch (problem) {
      if (problem.name !== "AbortError") form.dataset.offline = ""; // the buttons still work
    }
  };

  form.addEventListener("input", ({ target }) => {
    clearTimeout(timer);
    timer = setTimeout(refresh, target.type === "search" ? 400 : 150);
  });
}
