// Small helps for forms; every form works without them.
(() => {
  "use strict";

  // The error summary takes the focus, so that a screen reader hears it and the keyboard starts there.
  document.querySelector("[data-focus]")?.focus();

  // A second press of the button must not send the form twice (the server guards as well).
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if ([...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) {
      const bar = document.createElement("progress"); // without a value: the browser shows that it is working
      bar.className = "tb-sending";
      (event.submitter?.parentElement ?? form).append(bar);
    }
  });
  // Coming back by the back button shows the page as it was left: it may be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
    document.querySelectorAll(".tb-sending").forEach((bar) => bar.remove());
  });

  // A file that is too large is told before it is sent.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file" || !input.dataset.maxBytes) return;
    const large = [...input.files].some((file) => file.size > Number(input.dataset.maxBytes));
    input.parentElement.querySelector("[data-large]")?.remove();
    if (!large) return;
    input.value = "";
    const note = document.createElement("p");
    note.className = "tb-error";
    note.dataset.large = "";
    note.setAttribute("role", "alert");
    note.textContent = input.dataset.tooLarge;
    input.before(note);
  });

  // Fields that are asked only after some answers on this page ([data-when]) hide and show at once. What is hidden answers
  // nothing, but keeps what was typed: it is sent, and the server leaves it out when the application is submitted.
  const conditional = [...document.querySelectorAll("[data-when]")];
  if (conditional.length) {
    const answersOf = (name) => [...document.getElementsByName(name)]
      .filter((input) => !input.closest("[data-when][hidden]") && (!["radio", "checkbox"].includes(input.type) || input.checked))
      .map((input) => input.value.trim());
    const fits = (test, value) => test.values ? test.values.includes(value)
      : /^-?[0-9]+$/.test(value) && Number(value) >= (test.minimum ?? -Infinity) && Number(value) <= (test.maximum ?? Infinity);
    const turn = () => conditional.filter((box) => { // in the order of the form: a condition looks only back
      const before = box.hidden;
      box.hidden = !JSON.parse(box.dataset.when).every((test) => answersOf(test.name).some((value) => fits(test, value)));
      return box.hidden !== before;
    });
    document.querySelectorAll("[data-when-note]").forEach((note) => { note.hidden = true; });
    turn();
    document.addEventListener("input", () => {
      const turned = turn();
      const told = turned[0]?.closest("[data-conditional]")?.querySelector("[data-when-told]");
      if (!told) return;
      const { nowAsked, notAsked } = told.parentElement.dataset;
      told.textContent = turned.map((box) => (box.hidden ? notAsked : nowAsked) + box.dataset.label).join("\n");
    });
    window.addEventListener("pageshow", turn);
  }

  // <form data-autosave="address"> keeps the draft a second after the last change; files go only on submit.
  document.querySelectorAll("form[data-autosave]").forEach((form) => {
    const note = document.querySelector("[data-saved]");
    let timer = 0;
    const save = async () => {
      const draft = new FormData(form);
      [...draft.keys()].filter((name) => draft.get(name) instanceof File).forEach((name) => draft.delete(name));
      let kept = false;
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: draft, credentials: "same-origin" });
        kept = answer.ok;
        // What is kept now is no longer a change of this page: another device may answer it anew.
        if (kept) Object.entries(await answer.json()).forEach(([name, mark]) => { if (form.elements[name]) form.elements[name].value = mark; });
      } catch { /* the line is down: said below, and the submit sends everything anyway */ }
      if (note) note.textContent = kept ? note.dataset.savedText : note.dataset.failedText;
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 1000); });
    form.addEventListener("submit", () => clearTimeout(timer));
  });
})();
