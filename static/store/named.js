// What Django's admin leaves without a name gets one: the search boxes of its lists of choices, and heads of columns that are none.
"use strict";
window.addEventListener("load", () => {
  for (const box of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    const select = box.closest(".select2")?.previousElementSibling;
    const label = select?.id && document.querySelector(`label[for="${select.id}"]`);
    if (label) box.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
  }
  for (const head of document.querySelectorAll("th:empty")) {
    const cell = document.createElement("td");
    cell.className = head.className;
    head.replaceWith(cell);
  }
});
