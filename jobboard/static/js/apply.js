// Comforts of the form of an application: files travel at once, words are kept. Without this script everything is sent with
// the form.
const form = document.querySelector("form[data-apply]");
const words = form.dataset;

const fileFields = [...form.querySelectorAll("input[type=file]")];
const fieldOf = (input) => input.closest(".field");
const removeName = (input) => `${input.name}-remove`;

// What was typed, with one file at most: the others are here already or follow on their own.
const content = (more = {}) => {
  const data = new FormData();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
  for (const [name, value] of Object.entries(more)) data.append(name, value);
  data.set("moment", Date.now()); // one that is slow on its way replaces nothing newer
  return data;
};

// From now on the form has an address at which a reload finds everything.
const settle = ({ draft }) => {
  if (!draft) return;
  form.action = draft;
  if (location.pathname !== draft) history.replaceState(null, "", draft);
};

// --- files

const line = (input) => {
  let found = fieldOf(input).querySelector("[data-upload]");
  if (!found) {
    found = document.createElement("p");
    found.dataset.upload = "";
    found.className = "meta";
    found.role = "status";
    input.after(found);
  }
  return found;
};

// What is wrong with a file stands at one place: what the page said before goes as soon as another one is chosen.
const complain = (input, text) => {
  const box = fieldOf(input).querySelector("[data-too-large]");
  const id = `${input.id}-error`;
  const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  const before = document.getElementById(id);
  if (before !== box) before?.remove();
  box.id = id;
  box.textContent = text;
  if (text) described.push(id);
  input.setAttribute("aria-describedby", described.join(" "));
  if (text) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
  fieldOf(input).classList.toggle("has-error", Boolean(text));
};

const showKept = (input, file) => {
  fieldOf(input).querySelector(".kept-file")?.remove();
  if (!file) return;
  const [box, name, text, size, button] = ["div", "p", "span", "span", "button"].map((tag) => document.createElement(tag));
  box.className = "kept-file";
  name.className = "name";
  size.className = "meta";
  text.textContent = `${words.kept.replace("{name}", file.name)} `;
  size.textContent = `(${file.size})`;
  text.append(size);
  name.append(text);
  button.type = "button";
  button.className = "button button-small button-secondary";
  button.textContent = words.remove;
  button.addEventListener("click", () => remove(input));
  box.append(name, button);
  input.before(box);
};

const remove = async (input) => {
  const answer = await fetch(words.keep, { method: "POST", body: content({ [removeName(input)]: "1" }) }).catch(() => null);
  if (!answer?.ok) return complain(input, words.failed);
  settle(await answer.json());
  showKept(input, null);
  line(input).textContent = words.removed;
  input.focus();
};

const upload = (input) => {
  const [file] = input.files;
  if (!file) return;
  if (file.size > Number(input.dataset.most)) return complain(input, fieldOf(input).querySelector("[data-too-large]").dataset.tooLarge);
  const request = new XMLHttpRequest();
  const progress = line(input);
  complain(input, "");
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    progress.textContent = words.uploading.replace("{percent}", Math.round((loaded / total) * 100));
  });
  request.addEventListener("loadend", () => {
    progress.textContent = "";
    const answer = request.response;
    if (request.status !== 200 || !answer) return complain(input, answer?.message ?? words.failed);
    settle(answer);
    input.value = ""; // it is there already and need not travel again
    if (answer.errors[input.name]) return complain(input, answer.errors[input.name]);
    showKept(input, answer.files[input.name]);
  });
  request.open("POST", words.keep);
  request.responseType = "json";
  request.send(content({ [input.name]: file }));
};

for (const input of fileFields) {
  input.addEventListener("change", () => upload(input));
  const field = fieldOf(input);
  field.classList.add("drop-zone");
  for (const kind of ["dragenter", "dragover"]) {
    field.addEventListener(kind, (event) => {
      event.preventDefault();
      field.classList.add("is-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) field.addEventListener(kind, () => field.classList.remove("is-over"));
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = new DataTransfer();
    if (event.dataTransfer.files.length) files.items.add(event.dataTransfer.files[0]);
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // What came with the page gets the button in place of the box to tick.
  const kept = field.querySelector(".kept-file");
  if (kept) {
    const [name, size] = [kept.dataset.name, kept.dataset.size];
    showKept(input, { name, size });
  }
}

// --- words

let timer, isChanged = false;

const keepWords = (leaving = false) => {
  clearTimeout(timer);
  if (!isChanged) return;
  isChanged = false;
  const sent = fetch(words.keep, { method: "POST", body: content(), keepalive: leaving });
  // A failure costs nothing: the words are in the form, and the form is sent whole.
  sent.then(async (answer) => { if (answer.ok) settle(await answer.json()); }).catch(() => { isChanged = true; });
};

form.addEventListener("input", ({ target }) => {
  if (target.type === "file") return;
  isChanged = true;
  clearTimeout(timer);
  timer = setTimeout(keepWords, 1500);
});
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keepWords(true); });
form.addEventListener("submit", () => {
  isChanged = false;
  clearTimeout(timer);
  form.elements.moment.value = Date.now();
});

// --- a small calculation that programs avoid (markup_proof.py)

const proof = form.querySelector("[data-bits]");

const zeroBits = (bytes) => {
  let count = 0;
  for (const byte of bytes) {
    if (byte) return count + Math.clz32(byte) - 24;
    count += 8;
  }
  return count;
};

const calculate = async (token, bits) => {
  const encoder = new TextEncoder();
  for (let start = 0; ; start += 500) {
    const numbers = Array.from({ length: 500 }, (_, place) => start + place);
    const digests = await Promise.all(numbers.map((one) => crypto.subtle.digest("SHA-256", encoder.encode(`${token}:${one}`))));
    const found = digests.findIndex((digest) => zeroBits(new Uint8Array(digest)) >= bits);
    if (found >= 0) return start + found;
  }
};

if (proof && crypto.subtle) proof.value = await calculate(form.elements.token.value, Number(proof.dataset.bits));
