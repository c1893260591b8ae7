// Sends a large file in parts: a broken line is waited for, and the same file sent again goes on where it stopped.
const WAIT = 3000;
const MOST_REFUSED = 20; // the same part again and again
const KEY = "landbalance-upload:";

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    const file = form.querySelector("input[type=file]").files[0];
    if (!file) return;
    event.preventDefault();
    send(form, file).catch((error) => { say(form, error.message); form.querySelector("button:not(.plain)").disabled = false; });
  });
}

async function send(form, file) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  form.querySelector("button:not(.plain)").disabled = true;
  const bar = form.querySelector("progress");
  bar.hidden = false;
  let refused = 0;
  const name = `${KEY}${form.action}:${file.name}:${file.size}:${file.lastModified}`;
  const place = (await known(name)) ?? (await begin(form, file, token));
  localStorage.setItem(name, JSON.stringify(place));
  let at = null;
  while (at === null || at < file.size) {
    try {
      const answer = at === null ? await fetch(place.part) : await sendPart(place.part, file.slice(at, at + Number(form.dataset.upload)), at, token);
      if ([401, 403, 404].includes(answer.status) || answer.redirected) {
        localStorage.removeItem(name);
        throw Object.assign(new Error(form.dataset.ended), { final: true });
      }
      const found = await answer.json();
      if (!answer.ok && answer.status !== 409) throw Object.assign(new Error(found.error), { final: answer.status < 500 });
      if (answer.status === 409 && found.received === at) throw Object.assign(new Error(found.error), { final: ++refused > MOST_REFUSED });
      at = found.received;
      place.page = found.page ?? place.page;
    } catch (error) {
      if (error.final) throw error;
      say(form, form.dataset.goingOn);
      await new Promise((done) => setTimeout(done, WAIT));
      continue;
    }
    bar.value = at / file.size;
    say(form, new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(at / file.size));
  }
  localStorage.removeItem(name);
  say(form, form.dataset.done);
  location.assign(place.page);
}

async function sendPart(address, part, at, token) {
  const headers = { "X-CSRFToken": token, "Upload-Offset": at, "Content-Type": "application/octet-stream" };
  if (crypto.subtle) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()));
    headers["Content-Digest"] = `sha-256=:${btoa(String.fromCharCode(...digest))}:`;
  }
  return fetch(address, { method: "POST", body: part, headers });
}

async function known(name) {
  const place = JSON.parse(localStorage.getItem(name) ?? "null");
  if (!place) return null;
  const answer = await fetch(place.part);
  if (!answer.ok || (await answer.json()).status !== "receiving") return null;
  return place;
}

async function begin(form, file, token) {
  const said = new FormData();
  said.set("name", file.name);
  said.set("size", file.size);
  said.set("mark", file.lastModified);
  said.set("crs", form.elements.namedItem("crs")?.value ?? "");
  const answer = await fetch(form.action, { method: "POST", body: said, headers: { "X-CSRFToken": token, "X-Part": "yes" } });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}

function say(form, text) {
  form.querySelector("[data-upload-status]").textContent = text;
}
