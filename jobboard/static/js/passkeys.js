// Passkeys: the browser makes or shows one, and the form around the button carries its answer. Without it passwords work.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withIds = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

/** What the server asks for, with the bytes browsers want instead of base64url. */
const asked = (options) => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: withIds(options.excludeCredentials) }),
  ...(!options.user && { allowCredentials: withIds(options.allowCredentials) }),
});

/** The browser's answer as JSON; only what is there. */
const answered = ({ id, rawId, type, response }) => {
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const parts = names.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  const transports = response.getTransports ? { transports: response.getTransports() } : {};
  return JSON.stringify({ id, rawId: text(rawId), type, clientExtensionResults: {}, response: { ...Object.fromEntries(parts), ...transports } });
};

const ask = async (form) => {
  const sent = new FormData();
  sent.set("csrf_token", form.elements.namedItem("csrf_token").value);
  const response = await fetch(form.dataset.options, { method: "POST", body: sent });
  if (!response.ok) throw new Error(response.statusText);
  const publicKey = asked(await response.json());
  return navigator.credentials[form.dataset.passkey]({ publicKey });
};

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !window.PublicKeyCredential;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!form.reportValidity()) return;
    const problem = form.querySelector("[data-failed]");
    problem.textContent = "";
    try {
      form.elements.namedItem("credential").value = answered(await ask(form));
    } catch {
      problem.textContent = problem.dataset.failed;
      return;
    }
    form.submit();
  });
}
