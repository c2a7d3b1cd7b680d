/** The little of the editor that the panel's page is made with (src/host/panel/html.ts). */
export const Uri = {
  joinPath: (base: string, name: string): string => `${base}/${name}`,
}
