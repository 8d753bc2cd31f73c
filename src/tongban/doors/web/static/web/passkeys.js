// Passkeys: the browser's part. A form [data-passkey="create" or "get"] asks its options ([data-options]), lets the device sign, and
// sends what it gave in its hidden field. Where the browser knows no passkeys, such forms stay hidden.
(() => {
  "use strict";
  const forms = [...document.querySelectorAll("form[data-passkey]")];
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (all) => (all ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const told = (credential) => {
    const answer = credential.response;
    const response = { clientDataJSON: text(answer.clientDataJSON) };
    if (answer.attestationObject) response.attestationObject = text(answer.attestationObject);
    if (answer.authenticatorData) response.authenticatorData = text(answer.authenticatorData);
    if (answer.signature) response.signature = text(answer.signature);
    if (answer.userHandle) response.userHandle = text(answer.userHandle);
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} });
  };

  const ask = async (form) => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(form.dataset.options, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const options = await answer.json();
    options.challenge = bytes(options.challenge);
    if (form.dataset.passkey === "get") {
      options.allowCredentials = listed(options.allowCredentials);
      return navigator.credentials.get({ publicKey: options });
    }
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = listed(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: options });
  };

  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (event.submitter?.name === "send") return; // a code by message first: an ordinary form
      event.preventDefault();
      event.stopPropagation();
      const note = form.querySelector("[data-passkey-failed]");
      if (note) note.hidden = true;
      try {
        form.elements.credential.value = told(await ask(form));
        form.submit();
      } catch {
        if (note) note.hidden = false;
      }
    });
  }
})();
