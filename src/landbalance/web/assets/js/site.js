// What every page has: htmx for parts that move, drafts that are kept while one types, focus on what went wrong.
import htmx from "htmx.org";

window.htmx = htmx;

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  if (token) event.detail.headers["X-CSRFToken"] = token[1];
});

document.querySelector(".error-summary")?.focus();

const WAIT = 2000;
const LOCAL = "landbalance-draft:";

for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);

function keepDraft(form) {
  const status = form.querySelector("[data-draft-status]");
  const key = LOCAL + form.dataset.draft;
  let timer = 0;
  const say = (name) => { if (status) status.textContent = status.dataset[name].replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })); };
  const values = () => Object.fromEntries([...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string"));
  const unsent = localStorage.getItem(key);
  if (unsent) restore(form, JSON.parse(unsent));
  async function send() {
    const said = JSON.stringify(values());
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: said, headers: { "Content-Type": "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value } });
      if (!answer.ok) throw new Error(answer.status);
      localStorage.removeItem(key);
      say("saved");
    } catch {
      localStorage.setItem(key, said);
      say("kept");
      timer = setTimeout(send, WAIT * 3);
    }
  }
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(send, WAIT); });
  form.addEventListener("submit", () => { clearTimeout(timer); localStorage.removeItem(key); });
  addEventListener("online", () => { if (localStorage.getItem(key)) send(); });
}

function restore(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements.namedItem(name);
    if (field && "value" in field && field.type !== "file") field.value = value;
  }
}
