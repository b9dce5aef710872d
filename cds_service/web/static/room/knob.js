// One lab, or the age, that may be supposed to be another: a slider, its number, and whether it is known.
import { chosenSystem } from "./units.js";

// An age as charts write it: whole years, and tenths of a year for infants.
const years = (age) => age < 2 ? age.toFixed(1) : String(Math.floor(age));

const PLAIN = { ucum: "", unit: "years", decimals: 0, factor: 1 };

export class Knob {
  constructor(place, changed) {
    this.place = place;
    this.lab = place.dataset.lab;
    this.slider = place.querySelector("input[type=range]");
    this.number = place.querySelector("input[type=number]");
    this.known = place.querySelector("input[type=checkbox]");
    this.words = place.querySelector("select");
    this.ways = place.dataset.shown ? JSON.parse(place.dataset.shown) : null;
    this.filed = place.dataset.value === undefined ? null : Number(place.dataset.value);
    this.filedWord = place.dataset.word || "";
    this.listen(changed);
    this.reset();
  }

  get isAge() {
    return this.place.dataset.age !== undefined;
  }

  get way() {
    return this.ways ? this.ways[chosenSystem()] : PLAIN;
  }

  written(shown) {
    return this.isAge ? years(shown) : shown.toFixed(this.way.decimals);
  }

  listen(changed) {
    const act = (from) => () => {
      from();
      this.mark();
      changed();
    };
    if (this.words) {
      this.words.addEventListener("change", act(() => {}));
      return;
    }
    this.slider.addEventListener("input", act(() => this.take(Number(this.slider.value))));
    this.number.addEventListener("input", act(() => { if (this.number.value !== "") this.take(Number(this.number.value), this.number); }));
    this.known.addEventListener("change", act(() => { this.isKnown = this.known.checked; }));
  }

  // A number as it is shown; kept in the lab's own unit, so that a change of units loses nothing.
  take(shown, writing) {
    this.value = shown * this.way.factor;
    this.isKnown = this.known.checked = true;
    this.slider.value = shown;
    if (this.number !== writing) this.number.value = this.written(shown);
  }

  reset() {
    if (this.words) {
      this.words.value = this.filedWord;
    } else {
      this.isKnown = this.known.checked = this.filed !== null;
      this.value = this.filed === null ? this.middle() : this.filed;
      this.rescale();
    }
    this.mark();
  }

  // Where nothing is on file the slider waits in the middle of the reference range.
  middle() {
    const { from, to, low, high } = this.place.dataset;
    if (this.isAge) return 50;
    return ((from ? Number(from) : Number(low)) + (to ? Number(to) : from ? Number(from) * 1.5 : Number(high))) / 2;
  }

  rescale() {
    if (this.words) return;
    const { factor, decimals, unit } = this.way;
    if (this.ways) {
      const step = 10 ** -decimals;
      this.slider.step = step;
      this.slider.min = (Math.floor(Number(this.place.dataset.low) / factor / step) * step).toFixed(decimals);
      this.slider.max = (Math.ceil(Number(this.place.dataset.high) / factor / step) * step).toFixed(decimals);
    }
    this.slider.value = this.value / factor;
    this.number.value = this.written(this.value / factor);
    this.place.querySelector(".unit").textContent = unit;
  }

  get isChanged() {
    if (this.words) return this.words.value !== this.filedWord;
    return this.isKnown !== (this.filed !== null) || (this.isKnown && Math.abs(this.value - this.filed) > 1e-9);
  }

  mark() {
    this.place.classList.toggle("moved", this.isChanged);
    if (this.words) return;
    this.place.classList.toggle("unknown", !this.isKnown);
  }

  // What the service is asked to suppose; null for unknown.
  supposed() {
    if (this.words) return this.words.value ? { word: this.words.value } : null;
    if (!this.isKnown) return null;
    const { ucum, factor, decimals } = this.way;
    return this.isAge ? this.value : { value: Number((this.value / factor).toFixed(Math.max(decimals, 2))), unit: ucum };
  }
}
