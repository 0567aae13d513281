/** Text of others, such as a name, so that it can make no lines of its own. */
export const visible = (text: string): string => text.replace(/\p{C}|\p{Zl}|\p{Zp}/gu, '\ufffd');
