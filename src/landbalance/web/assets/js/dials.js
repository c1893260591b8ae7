// A slider beside each number that has one; both say the same. Without scripts the numbers stand alone.
const SLIDER = "input[data-slider]:not([data-slides])";

function attach(field) {
  const [low, high, step] = field.dataset.slider.split(" ").map(Number);
  const slider = document.createElement("input");
  const most = () => String(Math.max(high, 2 * (Number(field.value) || 0)));
  Object.assign(slider, { type: "range", min: String(low), step: String(step), max: most(), value: field.value || String(low) });
  slider.setAttribute("aria-label", document.querySelector(`label[for="${field.id}"]`)?.textContent.trim() ?? field.name);
  field.dataset.slides = "";
  slider.addEventListener("input", () => (field.value = slider.value)); // the event itself goes on to the form
  field.addEventListener("input", () => {
    slider.max = String(Math.max(Number(slider.max), Number(field.value) || 0));
    slider.value = field.value || slider.min;
  });
  field.after(slider);
}

function attachAll() {
  for (const field of document.querySelectorAll(SLIDER)) attach(field);
}

attachAll();
document.addEventListener("htmx:afterSettle", attachAll);
