/** The collector serves the package's module beside the others. */
export { default } from 'uplot';
