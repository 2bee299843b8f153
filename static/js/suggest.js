// Suggestions under the search box: an accessible combobox over /suggest/. Without this file the box is a plain form.
(() => {
  const box = document.querySelector("input[data-suggest]");
  if (!box) return;
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let chosen = -1;
  let asked = "";
  let waiting = 0;
  let late = 0;
  let question = null;

  list.id = "site-suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.suggestions);
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  box.form.append(list, said);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  })) box.setAttribute(name, value);

  const options = () => [...list.querySelectorAll("[role=option]")];

  // An answer that takes its time: lines to come, where there were none. The list lies over the page and moves nothing.
  function expect() {
    clearTimeout(late);
    late = setTimeout(() => {
      if (!list.hidden) return;
      list.replaceChildren(...Array.from({ length: 3 }, () => {
        const line = document.createElement("li");
        line.className = "skeleton";
        line.setAttribute("aria-hidden", "true");
        return line;
      }));
      list.setAttribute("aria-busy", "true");
      list.hidden = false;
    }, 200);
  }

  function settle() {
    clearTimeout(late);
    list.removeAttribute("aria-busy");
  }

  function close() {
    settle();
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function choose(number) {
    const all = options();
    if (!all.length) return;
    chosen = (number + all.length) % all.length;
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
    box.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function show(suggestions) {
    settle();
    if (document.activeElement !== box) return close();
    list.replaceChildren(...suggestions.map((suggestion, place) => {
      const option = document.createElement("li");
      option.id = `site-suggestion-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = suggestion.url;
      option.textContent = suggestion.name;
      if (suggestion.kind === "shelf") {
        const kind = document.createElement("span");
        kind.textContent = ` ${box.dataset.shelf}`;
        option.append(kind);
      }
      return option;
    }));
    chosen = -1;
    box.removeAttribute("aria-activedescendant");
    list.hidden = !suggestions.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = suggestions.length ? `${suggestions.length} ${box.dataset.suggestions}` : "";
  }

  async function ask() {
    const text = box.value.trim();
    if (text === asked) return;
    asked = text;
    question?.abort();
    if (text.length < 2) return close();
    question = new AbortController();
    expect();
    try {
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(text)}`, { signal: question.signal });
      if (answer.ok) show((await answer.json()).suggestions);
      else close();
    } catch (error) {
      // Another letter was typed, or the network is away: the form works all the same.
      if (error.name !== "AbortError") close();
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
    } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      location.assign(options()[chosen].dataset.url);
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
  box.addEventListener("blur", close);
})();
