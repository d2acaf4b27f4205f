export { told as forum } from "./view.js";
