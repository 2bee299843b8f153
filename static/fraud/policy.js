// While a draft of the policy is typed: what it would have done with the last orders. Without this file a button asks.
"use strict";
(() => {
  const form = document.querySelector("form[data-count]");
  const button = form?.querySelector('button[value="count"]');
  if (!button) return;
  const said = form.querySelector("[data-said]");
  const around = form.querySelector("[data-around]");
  const places = form.querySelectorAll("[data-hits]");
  // Long enough that a number of three digits is asked about once.
  const PAUSE = 700;
  let timer = 0;
  let asking = null;

  const count = async () => {
    clearTimeout(timer);
    asking?.abort();
    asking = new AbortController();
    form.classList.add("is-counting");
    try {
      const answer = await fetch(form.dataset.count, { method: "POST", body: new FormData(form), signal: asking.signal });
      const found = await answer.json();
      said.textContent = found.said;
      around.textContent = found.around;
      for (const place of places) place.textContent = found.hits[place.dataset.hits] ?? "";
    } catch (error) {
      if (error.name === "AbortError") return; // a newer question is on its way
      said.textContent = "Not counted: the shop did not answer. Nothing that you typed is lost; press “Count again”.";
    }
    form.classList.remove("is-counting");
  };

  form.addEventListener("input", (event) => {
    if (event.target.name === "note") return;
    clearTimeout(timer);
    timer = setTimeout(count, PAUSE);
  });
  button.addEventListener("click", (event) => {
    event.preventDefault();
    count();
  });
  count();
})();
