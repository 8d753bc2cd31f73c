// Keyboard of the workbench: / searches, j and k move through the list, ? shows the keys, Esc puts them away.
(() => {
  "use strict";
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
  const help = document.querySelector("[data-keys-help]");

  const move = (by) => {
    const links = [...document.querySelectorAll("[data-keys] a")];
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const from = at >= 0 ? at : links.findIndex((link) => link.hasAttribute("aria-current"));
    links[Math.min(Math.max(from + by, 0), links.length - 1)].focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (help) help.open = false;
      if (typing(event.target)) event.target.blur();
      return;
    }
    if (typing(event.target)) return;
    if (event.key === "/") { document.querySelector("[data-search]")?.focus(); event.preventDefault(); }
    if (event.key === "j") move(1);
    if (event.key === "k") move(-1);
    if (event.key === "?" && help) { help.open = !help.open; help.querySelector("summary").focus(); }
  });

  document.querySelector("[data-keys] [aria-current]")?.scrollIntoView({ block: "nearest" });
})();
