// Helps to write a post: marks by button and key, a preview, pictures, words kept while they are typed, and who else is at it.
// Without this script there is a textarea that is saved and previewed by buttons.
"use strict";

(() => {
  const box = document.querySelector("[data-editor]");
  const form = document.querySelector("form[data-writing]");
  if (!box || !form) return;

  const words = box.dataset;
  const area = box.querySelector("textarea");
  const state = box.querySelector("[data-state]");
  const policy = window.trustedTypes?.createPolicy("own-pages", { createHTML: (text) => text });
  const say = (text) => { if (state.textContent !== text) state.textContent = text; };

  // --- marks: written as if they were typed, so that undoing works

  const type = (text, from, to) => {
    area.focus();
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    area.setSelectionRange(from, to);
  };

  const around = (mark, placeholder) => {
    const { selectionStart: start, selectionEnd: end, value } = area;
    const chosen = value.slice(start, end);
    const has = value.slice(start - mark.length, start) === mark && value.slice(end, end + mark.length) === mark;
    const isPart = mark === "*" && value[start - 2] === "*" && value[start - 3] !== "*"; // the inner star of a bold word
    if (has && !isPart) {
      area.setSelectionRange(start - mark.length, end + mark.length);
      return type(chosen, start - mark.length, end - mark.length);
    }
    const inner = chosen || placeholder;
    type(mark + inner + mark, start + mark.length, start + mark.length + inner.length);
  };

  // The lines the selection touches, each changed by `change`.
  const lines = (change) => {
    const { value } = area;
    const start = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const after = value.indexOf("\n", area.selectionEnd);
    const end = after < 0 ? value.length : after;
    const text = change(value.slice(start, end).split("\n")).join("\n");
    area.setSelectionRange(start, end);
    type(text, start, start + text.length);
  };

  const prefixed = (mark) => (all) => {
    const has = all.every((line) => !line || line.startsWith(mark));
    return all.map((line) => (has ? line.slice(line ? mark.length : 0) : mark + line));
  };

  const marks = {
    bold: () => around("**", words.bold),
    italic: () => around("*", words.italic),
    // From none to the second level, to the third, and back.
    heading: () => lines((all) => all.map((line) => {
      const [level] = line.match(/^#{1,6} /) ?? [""];
      return ({ "": "## ", "## ": "### " }[level] ?? "") + line.slice(level.length);
    })),
    list: () => lines(prefixed("- ")),
    quote: () => lines(prefixed("> ")),
    code: () => {
      const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
      if (!chosen.includes("\n")) return around("`", words.code);
      const start = area.selectionStart;
      type(`\`\`\`\n${chosen}\n\`\`\``, start + 4, start + 4 + chosen.length);
    },
    link: () => {
      const { selectionStart: start, value } = area;
      const chosen = value.slice(start, area.selectionEnd);
      const isAddress = /^https?:\/\/\S+$/.test(chosen);
      const text = isAddress || !chosen ? words.link : chosen;
      const address = isAddress ? chosen : "https://";
      const at = isAddress || !chosen ? start + 1 : start + text.length + 3;
      type(`[${text}](${address})`, at, at + (isAddress || !chosen ? text.length : address.length));
    },
    image: () => addPictures([]),
  };

  const bar = box.querySelector(".editor-bar");
  const buttons = [...bar.querySelectorAll("[data-mark]")];
  const reach = (button) => buttons.forEach((one) => { one.tabIndex = one === button ? 0 : -1; });
  reach(buttons[0]);
  bar.hidden = false;
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-mark]");
    if (!button) return;
    reach(button);
    marks[button.dataset.mark]();
  });
  bar.addEventListener("keydown", (event) => {
    const place = buttons.indexOf(document.activeElement);
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const button = buttons[(next + buttons.length) % buttons.length];
    reach(button);
    button.focus();
  });
  area.addEventListener("keydown", (event) => {
    const mark = { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
    if (!mark || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    marks[mark]();
  });

  // --- what is shown beside the text; on a narrow screen instead of it

  const wide = matchMedia("(min-width: 62rem)");
  const views = box.querySelector(".editor-views");
  const preview = box.querySelector("[data-side=preview]");
  const original = box.querySelector("[data-side=original]");
  let view = "", shown = null, previewTimer, asked;

  const loadPreview = async () => {
    const source = area.value;
    if (view !== "preview" || source === shown) return;
    asked?.abort();
    const mine = asked = new AbortController();
    const body = new FormData();
    body.set("csrf_token", form.elements.csrf_token.value);
    body.set("markdown", source);
    body.set("locale", words.locale);
    try {
      const answer = await fetch(words.preview, { method: "POST", body, signal: mine.signal });
      if (mine !== asked) return;
      if (answer.status === 429) {
        say(words.tooFast);
        previewTimer = setTimeout(loadPreview, 5000);
      }
      if (!answer.ok) return;
      const markup = await answer.text();
      if (mine !== asked) return;
      shown = source;
      preview.innerHTML = policy ? policy.createHTML(markup) : markup;
    } catch { /* the next key asks again */ }
  };

  const show = (wanted) => {
    view = wanted;
    words.view = view;
    preview.hidden = view !== "preview";
    if (original) original.hidden = wide.matches && view !== "original";
    for (const button of views.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", button.dataset.view === view);
    loadPreview();
  };

  views.hidden = false;
  views.addEventListener("click", ({ target }) => {
    const wanted = target.closest("[data-view]")?.dataset.view;
    if (wanted) show(wanted === view && wide.matches ? "write" : wanted);
  });
  const settle = () => show(wide.matches ? (original ? "original" : "preview") : "write");
  wide.addEventListener("change", settle);
  settle();
  area.addEventListener("input", () => {
    clearTimeout(previewTimer);
    previewTimer = setTimeout(loadPreview, 300);
  });
  area.addEventListener("scroll", () => {
    const room = area.scrollHeight - area.clientHeight;
    if (room > 0) preview.scrollTop = (area.scrollTop / room) * (preview.scrollHeight - preview.clientHeight);
  });

  // --- words kept while they are typed

  const SOON = 1200, AGAIN = 10000;
  let keepTimer, isDirty = false, isSending = false, keeping = null;

  const typed = () => {
    const data = new FormData(form);
    data.set("moment", Date.now());
    return data;
  };

  const keep = async () => {
    clearTimeout(keepTimer);
    if (!isDirty || isSending || keeping) return;
    isDirty = false;
    keeping = fetch(words.keep, { method: "POST", body: typed() }).catch(() => null);
    const answer = await keeping;
    keeping = null;
    if (answer?.ok) {
      say((await answer.json()).kept);
    } else {
      isDirty = true;
      say([400, 403].includes(answer?.status) ? words.signedOut : words.offline);
      if (!isSending) keepTimer = setTimeout(keep, AGAIN);
      look();
      return;
    }
    if (isDirty && !isSending) keepTimer = setTimeout(keep, SOON);
  };

  const noteTyping = () => {
    isDirty = true;
    clearTimeout(keepTimer);
    keepTimer = setTimeout(keep, SOON);
  };
  form.addEventListener("input", noteTyping);
  form.addEventListener("change", noteTyping);

  // What is on its way must not arrive after the save that makes it needless.
  form.addEventListener("submit", async (event) => {
    isSending = true;
    clearTimeout(keepTimer);
    if (!keeping) return;
    event.preventDefault();
    await keeping;
    form.requestSubmit(event.submitter);
  });
  addEventListener("pageshow", () => { isSending = false; });
  const leave = () => {
    // What is on its way may end with the page, so it is sent once more.
    if (isSending || !(isDirty || keeping)) return;
    if (navigator.sendBeacon(words.keep, typed())) isDirty = false;
  };
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); else look(); });

  // --- who else is at it; the answer also brings a form token that works after signing in again

  const others = document.querySelector("[data-others]");
  const blank = others.querySelector("template");
  const LOOK = 20000, IDLE = 300000;
  let isAway = false, touched = Date.now();
  for (const kind of ["keydown", "pointerdown", "visibilitychange"]) document.addEventListener(kind, () => { touched = Date.now(); }, true);

  // A page that nobody touches is silent: it says nothing of its person, and does not keep their session open.
  const look = async () => {
    if (!words.here || document.hidden || Date.now() - touched > IDLE) return;
    const answer = await fetch(words.here, { redirect: "manual" }).catch(() => null);
    if (!answer?.ok) {
      isAway = isAway || answer?.type === "opaqueredirect";
      if (isAway) say(words.signedOut);
      return;
    }
    const found = await answer.json();
    for (const field of document.querySelectorAll("input[name$=csrf_token]")) field.value = found.token;
    const sentences = String(found.version) === words.hereVersion ? found.others : [...found.others, others.dataset.saved];
    if (sentences.join() !== [...others.querySelectorAll("p")].map((one) => one.textContent).join()) {
      others.querySelector(".notice")?.remove();
      if (sentences.length) {
        const notice = blank.content.cloneNode(true);
        const line = notice.querySelector("p");
        line.replaceWith(...sentences.map((text) => Object.assign(line.cloneNode(), { textContent: text })));
        others.append(notice);
      }
    }
    if (isAway) {
      isAway = false;
      say("");
      noteTyping();
    }
  };
  setInterval(look, LOOK);
  if ("typed" in form.dataset) noteTyping(); // refused by the server, so it is not saved

  // --- pictures

  const dialog = document.querySelector("dialog[data-picture]");
  const pictureForm = dialog.querySelector("form");
  const chosen = pictureForm.querySelector("input[type=file]");
  const alt = pictureForm.querySelector("input[type=text]");
  const problem = pictureForm.querySelector("[data-problem]");
  let waiting = [];

  const addPictures = (files) => {
    waiting = [...files];
    nextPicture();
  };

  const nextPicture = () => {
    const file = waiting.shift();
    pictureForm.reset();
    problem.textContent = "";
    if (file) {
      const data = new DataTransfer();
      data.items.add(file);
      chosen.files = data.files;
    }
    if (!dialog.open) dialog.showModal();
    (file ? alt : chosen).focus();
  };

  pictureForm.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    const answer = await fetch(pictureForm.action, { method: "POST", body: new FormData(pictureForm) }).catch(() => null);
    const found = await answer?.json().catch(() => null);
    if (!answer?.ok) {
      problem.textContent = found?.error ?? ([400, 403].includes(answer?.status) ? words.signedOut : words.offline);
      return;
    }
    const { selectionEnd: at, value } = area;
    const before = !at || value.slice(0, at).endsWith("\n\n") ? "" : value[at - 1] === "\n" ? "\n" : "\n\n";
    const text = `${before}${found.markdown}\n\n`;
    dialog.close(); // which gives the focus back, but not the place in the text
    area.focus();
    area.setSelectionRange(at, at);
    type(text, at + text.length, at + text.length);
    if (waiting.length) nextPicture();
  });
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());

  const picturesOf = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  area.addEventListener("paste", (event) => {
    const files = picturesOf(event.clipboardData);
    if (!files.length) return;
    event.preventDefault();
    addPictures(files);
  });
  area.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  area.addEventListener("drop", (event) => {
    const files = picturesOf(event.dataTransfer);
    if (!files.length) return;
    event.preventDefault();
    addPictures(files);
  });
})();
