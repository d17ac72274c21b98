/** What the API takes at most (A26). */
export const titleLimit = 500;
export const nameLimit = 200;
export const usernameLimit = 100;
export const emailLimit = 254;
export const passwordMinimum = 12;
