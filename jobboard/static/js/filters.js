// The list of openings follows its filters in place. Without this script the same addresses load as pages.
"use strict";

(() => {
  const form = document.querySelector("form[data-filters]");
  if (!form || !document.getElementById("results")) return;

  const policy = window.trustedTypes?.createPolicy("own-pages", { createHTML: (text) => text });
  const announcement = document.createElement("p");
  announcement.className = "visually-hidden";
  announcement.role = "status";
  form.append(announcement);
  form.classList.add("is-live");

  const fold = form.closest("details");
  const apply = form.querySelector("[data-apply]");
  let timer, request, isTyping = false, shown = location.search;

  const results = () => document.getElementById("results");

  // What the form asks for, as the server would get it.
  const address = () => {
    const params = new URLSearchParams();
    for (const field of form.elements) {
      if (!field.name || field.disabled || (field.matches("[type=checkbox], [type=radio]") && !field.checked)) continue;
      // Language and level belong together: a row without a language says nothing.
      const row = field.closest(".speaks-row");
      if (row ? [...row.querySelectorAll("select")].some((one) => !one.value) : !field.value) continue;
      params.append(field.name, field.value);
    }
    const query = String(params);
    return form.getAttribute("action") + (query && `?${query}`);
  };

  const move = (page, selector) => {
    const [old, fresh] = [document.querySelectorAll(selector), page.querySelectorAll(selector)];
    if (old.length === fresh.length) old.forEach((one, place) => one.replaceWith(document.adoptNode(fresh[place])));
  };

  const choice = (field) => form.querySelector(`[name="${CSS.escape(field.name)}"][value="${CSS.escape(field.value)}"]`);

  // Counts always; what is chosen only when it was not chosen here (a chip, Back).
  const follow = (page, isChosenElsewhere) => {
    for (const fresh of page.querySelectorAll("[data-filters] .facet input")) {
      const old = choice(fresh);
      if (!old) {
        form.querySelector(`[name="${CSS.escape(fresh.name)}"]`)?.closest("label").parentElement.append(document.adoptNode(fresh.closest("label")));
        continue;
      }
      if (isChosenElsewhere) old.checked = fresh.checked;
      old.disabled = fresh.disabled && !old.checked;
      const [from, to] = [fresh, old].map((one) => one.parentElement.querySelector(".n"));
      if (from && to) to.textContent = from.textContent;
    }
    const [rows, freshRows] = [form, page].map((one) => one.querySelector(".speaks"));
    if (isChosenElsewhere) {
      if (!timer) form.elements.q.value = page.querySelector("[data-filters] [name=q]").value;
      rows?.replaceChildren(...[...freshRows.children].map((row) => document.adoptNode(row)));
    } else {
      for (const row of [...(freshRows?.children ?? [])].slice(rows.children.length)) rows.append(document.adoptNode(row));
    }
  };

  const takeOver = (page, isChosenElsewhere) => {
    follow(page, isChosenElsewhere);
    move(page, "link[rel=canonical], link[rel=alternate]");
    move(page, ".site-languages a");
    move(page, "[data-kept]");
    move(page, "[data-count]");
    results().replaceWith(document.adoptNode(page.getElementById("results")));
    document.title = page.title;
    announcement.textContent = results().querySelector("[role=status]")?.textContent ?? "";
    if (apply) apply.textContent = results().dataset.show;
  };

  // The newest question wins: an answer that comes after another was asked is not looked at.
  const load = async (url, { entry, isChosenElsewhere = false, then }) => {
    request?.abort();
    const mine = request = new AbortController();
    // What history asks for stands in the address already, so the next step is measured by it and not by what is on its way.
    if (!entry) shown = location.search;
    results().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { signal: mine.signal });
      const text = answer.ok ? await answer.text() : "";
      const page = new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
      if (mine !== request) return;
      if (!page.getElementById("results")) return location.assign(url);
      takeOver(page, isChosenElsewhere);
      if (entry && answer.url !== location.href) history[entry](null, "", answer.url);
      shown = location.search;
      then?.();
    } catch (problem) {
      if (mine !== request) return;
      results().removeAttribute("aria-busy");
      announcement.textContent = form.dataset.offline;
      form.classList.remove("is-live"); // the buttons still work
    }
  };

  const stopWaiting = () => {
    clearTimeout(timer);
    timer = undefined;
  };

  const refresh = (isText) => {
    stopWaiting();
    // One step back undoes a whole word, not a letter.
    load(address(), { entry: isText && isTyping ? "replaceState" : "pushState" });
    isTyping = isText;
  };

  // Long facets are narrowed by typing; what is chosen stays in sight.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  for (const list of form.querySelectorAll("[data-narrow]")) {
    const box = document.createElement("input");
    Object.assign(box, { type: "search", className: "input", placeholder: list.dataset.narrow, ariaLabel: list.dataset.narrow });
    box.dataset.narrowBox = "";
    list.before(box);
    box.addEventListener("input", () => {
      const words = plain(box.value.trim());
      if (words) list.querySelector("details").open = true;
      for (const one of list.querySelectorAll("label")) {
        one.hidden = !plain(one.textContent).includes(words) && !one.querySelector(":checked");
      }
    });
  }

  form.addEventListener("input", ({ target }) => {
    if (!target.name) return;
    stopWaiting();
    const isText = target.type === "search";
    timer = setTimeout(refresh, isText ? 300 : 60, isText);
  });

  form.addEventListener("submit", (event) => {
    if (!form.classList.contains("is-live")) return;
    event.preventDefault();
    refresh(false);
    if (event.submitter === apply && fold && getComputedStyle(fold.querySelector("summary")).display !== "none") {
      fold.open = false;
      results().scrollIntoView();
      results().querySelector("h2").focus();
    }
  });

  // A link was made before the words that are just being typed; it keeps them, unless it is there to drop words.
  const keepTyped = (link, url) => {
    const isDroppingWords = new URLSearchParams(shown).has("q") && !url.searchParams.has("q");
    if (!timer || isDroppingWords || (link.closest(".chips") && !link.matches(".chip"))) return;
    url.searchParams.set("q", form.elements.q.value);
    url.searchParams.delete("page");
  };

  // Chips, orders, pages and "leave this out" are links to the same list.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#results a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname !== form.getAttribute("action")) return;
    event.preventDefault();
    const isPage = Boolean(link.closest(".pager"));
    keepTyped(link, url);
    stopWaiting();
    load(url.href, {
      entry: "pushState",
      isChosenElsewhere: true,
      then: () => {
        if (isPage) results().scrollIntoView();
        results().querySelector("h2").focus({ preventScroll: true });
      },
    });
    isTyping = false;
  });

  // A link to a part of this page changes the address too, and nothing that is shown.
  addEventListener("popstate", () => {
    stopWaiting();
    isTyping = false;
    if (location.search !== shown) load(location.href, { isChosenElsewhere: true });
  });
})();
