// Suggestions below a search box; without this script the box is a plain form. Keys: down and up choose, Enter goes, Esc puts away.
(() => {
  "use strict";
  const WAIT = 120; // milliseconds without a key before the server is asked

  document.querySelectorAll("input[data-suggest]").forEach((input, number) => {
    const list = document.createElement("ul");
    list.className = "tb-suggestions";
    list.id = `suggestions-${number}`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.suggestLabel);
    list.hidden = true;
    input.closest(".tb-search-row").append(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");

    let timer = 0, asked = 0, at = -1, composing = false;

    const choose = (place) => {
      const rows = [...list.children];
      at = place;
      rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
      if (at >= 0) input.setAttribute("aria-activedescendant", rows[at].id);
      else input.removeAttribute("aria-activedescendant");
      rows[at]?.scrollIntoView({ block: "nearest" });
    };
    const show = (words) => {
      list.replaceChildren(...words.map((word, index) => {
        const row = document.createElement("li");
        row.id = `${list.id}-${index}`;
        row.setAttribute("role", "option");
        row.textContent = word;
        return row;
      }));
      list.hidden = !words.length;
      input.setAttribute("aria-expanded", String(words.length > 0));
      choose(-1);
    };
    const hide = () => { clearTimeout(timer); asked += 1; show([]); };
    const take = (row) => { input.value = row.textContent; hide(); input.form.requestSubmit(); };
    const ask = async () => {
      const turn = ++asked, typed = input.value.trim();
      if (!typed) { show([]); return; }
      try {
        const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`, { credentials: "same-origin" });
        const words = answer.ok ? (await answer.json()).suggestions : [];
        if (turn === asked && document.activeElement === input) show(words);
      } catch { /* the line is down: the form works all the same */ }
    };

    input.addEventListener("compositionstart", () => { composing = true; });
    input.addEventListener("compositionend", () => { composing = false; });
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
    input.addEventListener("blur", hide);
    list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the box keeps the focus
      const row = event.target.closest("[role=option]");
      if (row) take(row);
    });
    input.addEventListener("keydown", (event) => {
      if (composing || event.isComposing || list.hidden) return;
      const last = list.children.length - 1;
      if (event.key === "ArrowDown") { choose(at < last ? at + 1 : 0); event.preventDefault(); }
      if (event.key === "ArrowUp") { choose(at > 0 ? at - 1 : last); event.preventDefault(); }
      if (event.key === "Enter" && at >= 0) { take(list.children[at]); event.preventDefault(); }
      if (event.key === "Escape") { hide(); event.preventDefault(); }
    });
  });
})();
