// What every page has: htmx for parts that move, drafts that are kept while one types, focus on what went wrong.
import htmx from "htmx.org";

window.htmx = htmx;

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  if (token) event.detail.headers["X-CSRFToken"] = token[1];
});

document.querySelector(".error-summary")?.focus();

document.addEventListener("input", ({ target }) => { // where a slider stands, while it moves
  const said = target.type === "range" && document.querySelector(`output[for="${CSS.escape(target.id)}"]`);
  if (!said) return;
  const style = said.dataset.style === "percent" ? { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  said.textContent = Number(target.value).toLocaleString(document.documentElement.lang, style);
});

const WAIT = 2000;
const LOCAL = "landbalance-draft:";

const done = document.cookie.match(/(?:^|; )draft-done="?([^;"]+)"?/);
if (done) {
  localStorage.removeItem(LOCAL + decodeURIComponent(done[1]));
  document.cookie = "draft-done=; max-age=0; path=/; samesite=lax";
}
for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);

function keepDraft(form) {
  const status = form.querySelector("[data-draft-status]");
  const key = LOCAL + form.dataset.draft;
  let timer = 0;
  const say = (name) => { if (status) status.textContent = status.dataset[name].replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })); };
  const unsent = localStorage.getItem(key);
  if (unsent) { restore(form, JSON.parse(unsent)); send(); }
  async function send() {
    const said = JSON.stringify(typed(form));
    localStorage.setItem(key, said);
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: said, headers: { "Content-Type": "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value } });
      if (!answer.ok) throw new Error(answer.status);
      if (localStorage.getItem(key) === said) localStorage.removeItem(key);
      say("saved");
    } catch {
      say("kept");
      timer = setTimeout(send, WAIT * 3);
    }
  }
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(send, WAIT); });
  form.addEventListener("submit", () => { clearTimeout(timer); localStorage.setItem(key, JSON.stringify(typed(form))); });
  addEventListener("online", () => { if (localStorage.getItem(key)) send(); });
}

function typed(form) {
  const values = {};
  for (const field of form.elements) {
    if (!field.name || field.name === "csrfmiddlewaretoken" || ["file", "submit", "button"].includes(field.type)) continue;
    if (["checkbox", "radio"].includes(field.type)) {
      if (field.type === "checkbox" && !(field.name in values)) values[field.name] = [];
      if (field.checked) values[field.name] = [...(values[field.name] ?? []), field.value];
    } else values[field.name] = field.value;
  }
  return values;
}

function restore(form, values) {
  for (const field of form.elements) {
    if (!(field.name in values) || field.type === "file" || field.name === "expected") continue;
    const value = values[field.name];
    if (["checkbox", "radio"].includes(field.type)) field.checked = [].concat(value).includes(field.value);
    else field.value = value;
  }
}
