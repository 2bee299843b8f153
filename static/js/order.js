// An order's page looks now and then how the order stands. Without this file it tells whenever it is loaded.
(() => {
  const seconds = 20;
  const said = document.createElement("p");
  let looks = 90; // half an hour
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.body.append(said);

  const look = async () => {
    const main = document.querySelector("main");
    // Nobody's place or choice is taken away: who is busy in the page is shown it later.
    const isBusy = () => document.activeElement !== main && main.contains(document.activeElement);
    if (document.hidden || isBusy()) return;
    if (looks-- === 0) clearInterval(timer);
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    const told = (page) => page?.querySelector(".order-head h1")?.textContent + page?.querySelector(".timeline")?.textContent;
    if (!fresh || told(fresh) === told(main) || isBusy()) return;
    main.replaceWith(fresh);
    said.textContent = fresh.querySelector("h1").textContent;
  };
  const timer = setInterval(look, seconds * 1000);
  document.addEventListener("visibilitychange", look);
})();
