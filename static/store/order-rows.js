// Drag the rows of a table whose inputs named "…-place" say their order. Without this file the numbers are typed.
"use strict";
(() => {
  const inputs = document.querySelectorAll('.inline-group input[name$="-place"]');
  const table = inputs[0]?.closest("tbody");
  if (!table) return;
  let dragged = null;
  const rows = () => [...table.querySelectorAll("tr.has_original, tr.dynamic-pictures")].filter((row) => !row.matches(".empty-form"));
  const number = () => rows().forEach((row, at) => {
    const place = row.querySelector('input[name$="-place"]');
    if (place) place.value = at + 1;
  });
  table.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("tr");
    // Where one types or chooses, the pointer does that.
    if (row && rows().includes(row)) row.draggable = !event.target.closest("input, select, textarea, a, button");
  });
  table.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("tr");
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  table.addEventListener("dragover", (event) => {
    const over = event.target.closest("tr");
    if (!dragged || !over || over === dragged || !rows().includes(over)) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    over[event.clientY > box.top + box.height / 2 ? "after" : "before"](dragged);
  });
  table.addEventListener("drop", (event) => event.preventDefault());
  table.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    dragged.draggable = false;
    dragged = null;
    number();
  });
})();
