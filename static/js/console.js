// What every page has: theme, the "/" key, copy buttons, relative times, select-all. Pages work without it.

const root = document.documentElement;

function isDark() {
  const chosen = root.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function toggleTheme() {
  const theme = isDark() ? "light" : "dark";
  root.dataset.theme = theme;
  document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
}

function focusSearch(event) {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.getElementById("search-everything");
  if (!box) return;
  event.preventDefault();
  box.focus();
}

async function copyText(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.getAttribute("aria-label");
  button.setAttribute("aria-label", "Copied");
  button.title = "Copied";
  setTimeout(() => {
    button.setAttribute("aria-label", label);
    button.title = label;
  }, 1500);
}

function selectAll(box) {
  for (const other of box.form.querySelectorAll(`input[name="${box.dataset.selectAll}"]`)) other.checked = box.checked;
}

// On a telephone the navigation is a strip that scrolls: the page that is open must be seen in it.
function showCurrent() {
  const strip = document.querySelector(".sidebar");
  const current = strip?.querySelector('[aria-current="page"]');
  if (current && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = current.offsetLeft - strip.clientWidth / 2;
}

function prepare(part) {
  for (const hidden of part.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
}

document.addEventListener("click", (event) => {
  const theme = event.target.closest("[data-theme-toggle]");
  if (theme) toggleTheme();
  const copy = event.target.closest("[data-copy]");
  if (copy) copyText(copy);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) selectAll(event.target);
});
document.addEventListener("keydown", focusSearch);
document.addEventListener("DOMContentLoaded", () => {
  prepare(document);
  showCurrent();
});
document.addEventListener("htmx:afterSwap", (event) => prepare(event.target));
