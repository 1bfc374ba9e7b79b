// Code blocks get a button that copies them; `site.js` does the copying.
"use strict";

const text = document.querySelector("[data-copy-words]");
for (const block of navigator.clipboard ? text?.querySelectorAll(".highlight") ?? [] : []) {
  const button = document.createElement("button");
  const words = document.createElement("span");
  const { copyWords, copiedWords, wordsLang } = text.dataset;
  Object.assign(button, { type: "button", className: "code-copy", lang: wordsLang });
  Object.assign(button.dataset, { copy: block.querySelector("pre").textContent, done: copiedWords });
  words.textContent = copyWords;
  button.append(words);
  block.append(button);
}
