// What Django's admin leaves without a name gets one: lists of choices, boxes in the columns of a table, heads of columns that are none.
"use strict";
const nameAll = () => {
  const words = (element) => element?.textContent.trim().replace(/:$/, "") ?? "";
  for (const box of document.querySelectorAll(".select2-search__field, .select2-selection[role=combobox], .select2-selection__rendered[role=textbox]")) {
    const select = box.closest(".select2")?.previousElementSibling;
    const label = select?.id && document.querySelector(`label[for="${select.id}"]`);
    if (label) box.setAttribute("aria-label", words(label));
  }
  const boxes = ":is(#result_list, .inline-group .tabular) td :is(input:not([type=hidden]), select, textarea):not([aria-label])";
  for (const box of document.querySelectorAll(boxes)) {
    const cell = box.closest("td");
    const row = cell.parentElement;
    const head = row.closest("table").querySelectorAll("thead :is(th, td)")[cell.cellIndex];
    const title = words(head?.querySelector(".text") ?? head);
    if (title && !box.labels?.length) box.setAttribute("aria-label", `${title}, ${words(row.querySelector("th")) || row.sectionRowIndex + 1}`);
  }
  // On a telephone the row is a card (phone.css).
  for (const cell of document.querySelectorAll(".inline-group .tabular tr.form-row > td:not(.original)")) {
    const head = cell.closest("table").querySelectorAll("thead > tr > *")[cell.cellIndex];
    if (words(head)) cell.dataset.label = words(head);
  }
  for (const icon of document.querySelectorAll("span.help-tooltip[aria-label]")) icon.setAttribute("role", "img");
  for (const head of document.querySelectorAll("th:empty")) {
    const cell = document.createElement("td");
    cell.className = head.className;
    head.replaceWith(cell);
  }
};
document.addEventListener("DOMContentLoaded", () => setTimeout(nameAll));
window.addEventListener("load", nameAll);
