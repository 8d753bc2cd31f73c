// The guide editor: what is typed is saved and checked a second later, and what is to be said stands beside its field.
(() => {
  "use strict";
  const form = document.querySelector("form[data-typed]");
  if (!form) return;
  const status = document.querySelector("[data-saving]");
  const seen = form.querySelector("input[name=seen]");
  let timer = 0, turn = 0, shown = 0, running = false, again = false;

  const tag = (one) => {
    const made = document.createElement("span");
    made.className = `tb-tag tb-tag-${one.state}`;
    made.textContent = one.word;
    return made;
  };
  const said = (one) => {
    const rule = document.createElement("span");
    rule.className = "tb-code tb-quiet";
    rule.textContent = one.rule;
    const text = one.basic === undefined ? one.message : `${one.message} ${one.basic} → ${one.local}`;
    return [tag(one), " ", text, " ", rule];
  };

  const show = (told) => {
    form.querySelectorAll("[data-problems]").forEach((list) => list.replaceChildren());
    form.querySelectorAll(".tb-field-bad").forEach((field) => field.classList.remove("tb-field-bad"));
    form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
    const lists = new Map([...form.querySelectorAll("[data-problems]")].map((list) => [list.dataset.problems, list]));
    const all = document.querySelector("[data-said]");
    all.replaceChildren();
    told.problems.forEach((one) => {
      let name = one.name;
      while (name && !lists.has(name)) name = name.slice(0, Math.max(name.lastIndexOf("."), 0));
      const line = document.createElement("li");
      line.className = "tb-problem";
      line.append(...said(one));
      lists.get(name)?.append(line);
      if (one.state === "bad") document.getElementById(`id_${one.name}`)?.setAttribute("aria-invalid", "true");
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#at-${name}`;
      link.textContent = one.element;
      item.append(tag(one), " ", link, ` ${one.message}`);
      all.append(item);
    });
    document.querySelector("[data-nothing]").hidden = told.problems.length > 0;
    document.querySelectorAll("[data-tabs] a").forEach((link) => {
      const count = told.counts[link.getAttribute("href").split("/").pop()];
      link.querySelector(".tb-filter-count")?.remove();
      if (!count) return;
      const made = document.createElement("span");
      made.className = "tb-filter-count";
      made.textContent = count;
      link.append(made);
    });
    const preview = document.querySelector("[data-preview-here]");
    if (preview && told.preview !== undefined) {
      preview.innerHTML = told.preview; // drawn by our own server, under a policy that lets no script in it run
    }
  };

  const check = async () => {
    if (running) { again = true; return; } // one at a time: each carries the digest that the one before gave
    running = true;
    const mine = ++turn, draft = new FormData(form);
    [...draft.keys()].filter((name) => draft.get(name) instanceof File).forEach((name) => draft.delete(name));
    status.textContent = status.dataset.savingWord;
    try {
      const answer = await fetch(form.dataset.typed, { method: "POST", body: draft, credentials: "same-origin" });
      if (!answer.headers.get("Content-Type")?.includes("json")) throw new Error(answer.status);
      const told = await answer.json();
      seen.value = told.digest;
      if (mine > shown) { shown = mine; show(told); }
      status.textContent = told.stale || told.saved || status.dataset.wrong;
    } catch {
      status.textContent = status.dataset.failed; // the line is down or the session over; sending the page tells which
    }
    running = false;
    if (again) { again = false; check(); }
  };

  const soon = () => { clearTimeout(timer); timer = setTimeout(check, 900); };
  form.addEventListener("input", (event) => { if (event.target.type !== "file") soon(); });
  form.addEventListener("submit", () => clearTimeout(timer));
  if (form.dataset.unsaved !== undefined) soon();
})();
