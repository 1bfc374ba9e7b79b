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

  // What an address asks for, as [name, value]: the languages of a form without this script as one value each.
  const rowsOf = (url) => {
    const params = new URL(url, location.href).searchParams;
    const levels = params.getAll("speaks_level");
    return [
      ...[...params].filter(([name, value]) => value && !name.startsWith("speaks_")),
      ...params.getAll("speaks_language").map((tag, place) => ["speaks", tag && `${tag}:${levels[place] || "C2"}`]).filter(([, value]) => value),
    ];
  };
  // Of what the shown results are, and what was asked for last: the same once the answer is here.
  let base = rowsOf(location.href), wanted = base;

  // An address in the spelling that links have.
  const addressOf = (params) => {
    const query = String(params).replaceAll("%3A", ":").replaceAll("%2F", "/").replaceAll("+", "%20");
    return form.getAttribute("action") + (query && `?${query}`);
  };

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
    return addressOf(params);
  };

  const move = (page, selector) => {
    const [old, fresh] = [document.querySelectorAll(selector), page.querySelectorAll(selector)];
    if (old.length === fresh.length) old.forEach((one, place) => one.replaceWith(document.adoptNode(fresh[place])));
  };

  const choice = (field) => form.querySelector(`[name="${CSS.escape(field.name)}"][value="${CSS.escape(field.value)}"]`);

  // Choose in the form what was chosen elsewhere (a chip, Back), at once: whoever goes on choosing builds on it.
  const choose = (rows) => {
    const has = (name, value) => rows.some((row) => row[0] === name && row[1] === value);
    for (const field of form.querySelectorAll(".facet input[name]")) {
      field.checked = field.value ? has(field.name, field.value) : !rows.some(([name]) => name === field.name);
    }
    for (const row of form.querySelectorAll(".speaks-row")) {
      const [tag, level] = row.querySelectorAll("select");
      if (tag.value && !has("speaks", `${tag.value}:${level.value}`)) tag.value = "";
    }
    const kept = form.querySelector("[data-kept]");
    kept.replaceChildren(...rows.filter(([name]) => name === "sort").map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value })));
    const q = rows.find(([name]) => name === "q")?.[1] ?? "";
    if (form.elements.q.value !== q) form.elements.q.value = q;
  };

  // Counts always; what is chosen only when it was not chosen here and nobody has chosen since.
  const follow = (page, isChosenElsewhere) => {
    const offered = new Set();
    for (const fresh of page.querySelectorAll("[data-filters] .facet input")) {
      const old = choice(fresh);
      offered.add(`${fresh.name}=${fresh.value}`);
      if (!old) {
        form.querySelector(`[name="${CSS.escape(fresh.name)}"]`)?.closest("label").parentElement.append(document.adoptNode(fresh.closest("label")));
        continue;
      }
      if (isChosenElsewhere) old.checked = fresh.checked;
      old.disabled = fresh.disabled && !old.checked;
      const [from, to] = [fresh, old].map((one) => one.parentElement.querySelector(".n"));
      if (from && to) to.textContent = from.textContent;
    }
    // A value that nothing has is offered only as long as it is chosen.
    for (const old of form.querySelectorAll(".facet input[name]")) {
      if (!old.checked && !offered.has(`${old.name}=${old.value}`)) old.closest("label").remove();
    }
    const [rows, freshRows] = [form, page].map((one) => one.querySelector(".speaks"));
    if (isChosenElsewhere) {
      form.elements.q.value = page.querySelector("[data-filters] [name=q]").value;
      rows?.replaceChildren(...[...freshRows.children].map((row) => document.adoptNode(row)));
    } else {
      for (const row of [...(freshRows?.children ?? [])].slice(rows.children.length)) rows.append(document.adoptNode(row));
    }
  };

  const takeOver = (page, isChosenElsewhere) => {
    follow(page, isChosenElsewhere && !timer);
    move(page, "link[rel=canonical], link[rel=alternate]");
    move(page, ".site-languages a");
    if (!timer) move(page, "[data-kept]");
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
    wanted = rowsOf(url);
    results().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { signal: mine.signal });
      const text = answer.ok ? await answer.text() : "";
      const page = new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
      if (mine !== request) return;
      if (!page.getElementById("results")) return location.assign(url);
      takeOver(page, isChosenElsewhere);
      base = wanted = rowsOf(answer.url);
      form.classList.add("is-live");
      if (entry && answer.url !== location.href) history[entry](null, "", answer.url);
      shown = location.search;
      then?.();
    } catch (problem) {
      if (mine !== request) return;
      results().removeAttribute("aria-busy");
      // What is shown is not what was asked for; the next answer takes the words away.
      results().querySelector("[role=alert]")?.remove();
      results().prepend(form.querySelector("[data-offline]").content.cloneNode(true));
      results().firstElementChild.scrollIntoView({ block: "nearest" });
      form.classList.remove("is-live"); // the buttons still work
    }
  };

  const stopWaiting = () => {
    clearTimeout(timer);
    timer = undefined;
  };

  const refresh = (isText, then) => {
    stopWaiting();
    // One step back undoes a whole word, not a letter.
    load(address(), { entry: isText && isTyping ? "replaceState" : "pushState", then });
    isTyping = isText;
  };

  // Long facets are narrowed by typing; what is chosen stays in sight.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/([aou])e/g, "$1").replace(/ß/g, "ss");
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
    const isFolded = event.submitter === apply && fold && getComputedStyle(fold.querySelector("summary")).display !== "none";
    if (isFolded) fold.open = false;
    refresh(false, isFolded ? () => arrive(true) : undefined);
  });

  const arrive = (isAtTop) => {
    if (isAtTop) results().scrollIntoView();
    results().querySelector("h2").focus({ preventScroll: true });
  };

  // A link was made for the results that are shown. Whatever was chosen or typed since stays chosen: what the link takes away
  // and adds is done to that. Only "clear all" means all.
  const SINGLE = ["q", "sort", "pay", "closing"];
  const same = (one) => (other) => one[0] === other[0] && one[1] === other[1];
  const meant = (link) => {
    const target = rowsOf(link.href), now = timer ? rowsOf(address()) : wanted;
    const isUnchanged = now.length === base.length && now.every((row) => base.some(same(row)));
    if (isUnchanged || link.matches(".chips a:not(.chip), .empty .button")) return target;
    const added = target.filter((row) => !base.some(same(row)));
    const dropped = base.filter((row) => !target.some(same(row)));
    const isGone = (row) => dropped.some((one) => (SINGLE.includes(row[0]) ? one[0] === row[0] : same(row)(one)));
    const kept = now.filter((row) => !isGone(row) && !added.some((one) => SINGLE.includes(one[0]) && one[0] === row[0]));
    return [...kept, ...added].filter(([name]) => name !== "page");
  };

  // Chips, orders, pages and "leave this out" are links to the same list.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#results a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname !== form.getAttribute("action")) return;
    event.preventDefault();
    const isPage = Boolean(link.closest(".pager")), rows = meant(link);
    stopWaiting();
    choose(rows);
    load(addressOf(new URLSearchParams(rows)), {
      entry: "pushState",
      isChosenElsewhere: true,
      then: () => arrive(isPage),
    });
    isTyping = false;
  });

  // A link to a part of this page changes the address too, and nothing that is shown.
  addEventListener("popstate", () => {
    stopWaiting();
    isTyping = false;
    if (location.search === shown) return;
    choose(rowsOf(location.href));
    load(location.href, { isChosenElsewhere: true });
  });
})();
