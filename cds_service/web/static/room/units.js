// Conventional or SI units: one choice for the whole page. Drawings are the same in both.

let system = "conventional";
const listeners = [];

export const chosenSystem = () => system;
export const onUnits = (listener) => listeners.push(listener);

function choose(wanted) {
  system = wanted;
  for (const one of document.querySelectorAll("[data-units]")) one.checked = one.value === system;
  for (const one of document.querySelectorAll("[data-conventional]")) one.textContent = one.dataset[system];
  for (const listener of listeners) listener(system);
}

export function switchUnits() {
  const radios = [...document.querySelectorAll("[data-units]")];
  for (const one of radios) one.addEventListener("change", () => choose(one.value));
  system = radios.find((one) => one.checked)?.value || system;
}
