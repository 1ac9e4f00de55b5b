// The mapping editor: asks for a new result a moment after each change, and searches units. It works without.

const PAUSE = 350;
const form = document.querySelector("[data-editor]");
let waiting;

function wantResult() {
  clearTimeout(waiting);
  waiting = setTimeout(() => window.htmx.trigger("#result", "wanted"), PAUSE);
}

function searchUnits(input) {
  const place = document.getElementById(`${input.id}.found`);
  const query = new URLSearchParams({ q: input.value, element: input.dataset.element });
  clearTimeout(input.searching);
  input.searching = setTimeout(() => {
    window.htmx.ajax("GET", `${input.dataset.units}?${query}`, { source: place, target: place, swap: "innerHTML" });
  }, PAUSE);
}

function pick(button) {
  const place = button.closest(".found");
  if (!place) return;
  const input = document.getElementById(place.id.replace(/\.found$/, ""));
  input.value = button.dataset.pick;
  place.replaceChildren();
  input.focus();
  wantResult();
}

function judge() {
  const check = form.querySelector("[data-check]");
  const fails = form.querySelector("#outcomes .is-bad") !== null;
  check.disabled = fails;
  const why = document.getElementById("why-not-check");
  if (why) why.hidden = !fails;
}

form.addEventListener("input", (event) => {
  if (event.target.closest("[name='case_name'], [name='last'], [name='message']")) return;
  wantResult();
  if (event.target.matches("[data-units]")) searchUnits(event.target);
});
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (button) pick(button);
});
document.addEventListener("htmx:afterSettle", judge);
