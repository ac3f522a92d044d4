// The one style sheet of the pages, and the policy that lets a browser apply it and nothing else.
import { createHash } from 'node:crypto';

const COLOURS = `
:root{color-scheme:light dark;--ground:#f3f5f8;--sheet:#fff;--ink:#12161c;--soft:#48515e;--line:#c9d0da;--link:#0b4fc4;
--approve:#0b6b3f;--on-approve:#fff;--deny:#b0271c;--on-deny:#fff;--warn:#fff3d6;--warn-ink:#2e1f00;--warn-edge:#b06a00;
--fault:#fde8e6;--fault-ink:#4a0b06;--mark:#ffe08a;--mark-ink:#2e1f00;--said:#eceff4;--edge:#727d8c}
@media (prefers-color-scheme:dark){:root{--ground:#0e1217;--sheet:#171c23;--ink:#e9edf2;--soft:#adb7c4;--line:#36404c;
--link:#8db8ff;--approve:#5ccf92;--on-approve:#04210f;--deny:#ff9c92;--on-deny:#3a0703;--warn:#33280c;--warn-ink:#ffe7b0;
--warn-edge:#d9a928;--fault:#3d1512;--fault-ink:#ffd9d5;--mark:#5c4708;--mark-ink:#ffecb8;--said:#10151b;--edge:#8591a1}}
`;

const GROUND = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
overflow-wrap:anywhere}
header,main{max-width:68rem;margin:0 auto;padding:0 1rem}
header{padding-top:.75rem;color:var(--soft);font-size:.875rem}
main{padding-bottom:2.5rem}
h1{font-size:1.3125rem;line-height:1.25;margin:.25rem 0 .5rem}
h2,h3{font-size:1rem;line-height:1.3;margin:0 0 .5rem}
p{margin:0 0 .5rem}
ul{margin:0;padding-left:1.15rem}
a{color:var(--link)}
.do{display:inline-block;padding:.625rem 0;min-height:2.75rem}
.sheet,.said,.warn,.fault,.end{border-radius:.625rem;padding:.875rem 1rem;margin:0 0 .75rem}
.sheet,.end{background:var(--sheet);border:1px solid var(--line)}
.warn{background:var(--warn);color:var(--warn-ink);border-left:.375rem solid var(--warn-edge)}
.fault{background:var(--fault);color:var(--fault-ink);border-left:.375rem solid var(--deny)}
.fault a{color:inherit}
.soft{color:var(--soft);font-size:.9375rem}
.end{border-left:.375rem solid var(--edge)}
.end.approved{border-left-color:var(--approve)}
.end.denied{border-left-color:var(--deny)}
:focus-visible{outline:.1875rem solid var(--link);outline-offset:.1875rem}
`;

const CARD = `
.exact{margin:0;border:1px solid var(--edge);border-radius:.375rem;padding:.5rem .625rem;background:var(--ground);
font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap;overflow-x:auto;
direction:ltr;unicode-bidi:isolate}
.exact span{display:block;padding-left:1.5ch;text-indent:-1.5ch;min-height:1.5em}
.exact.long{max-height:65vh;overflow-y:auto}
mark{background:var(--mark);color:var(--mark-ink);border-radius:.1875rem;padding:0 .125rem}
.back{margin:0 0 .5rem}
.exact+h3{margin-top:1rem}
dl{margin:0}
dl div{padding:.3125rem 0;border-bottom:1px solid var(--line)}
dl div:last-child{padding-bottom:0;border:0}
dt,dd,dd p:first-child{display:inline}
dt{color:var(--soft)}
dt::after{content:": "}
dd{margin:0}
dd p{margin:0;direction:ltr;unicode-bidi:isolate}
.said{background:var(--said);border:2px dashed var(--edge)}
.said h3{font-size:.9375rem;font-weight:normal;color:var(--soft);margin:.5rem 0 .125rem}
.said blockquote{margin:0;padding-left:.75rem;border-left:.1875rem solid var(--edge);font-style:italic;white-space:pre-wrap;
direction:ltr;unicode-bidi:isolate}
`;

const FORM = `
label{display:block;font-weight:600;margin:.75rem 0 .25rem}
textarea{display:block;width:100%;min-height:4.5rem;padding:.5rem .625rem;font:inherit;color:inherit;background:var(--sheet);
border:1px solid var(--edge);border-radius:.375rem;resize:vertical}
textarea[aria-invalid]{border:.125rem solid var(--deny)}
button{font:inherit;font-weight:700;min-height:3rem;min-width:2.75rem;border-radius:.5rem;padding:.5rem 1rem;cursor:pointer;
border:1px solid var(--edge);background:var(--sheet);color:var(--ink)}
.choice{display:grid;grid-template-columns:1fr 1fr;gap:.75rem;margin-top:.75rem}
.choice button{border:2px solid transparent;font-size:1.0625rem}
.approve{background:var(--approve);color:var(--on-approve)}
.deny{background:var(--deny);color:var(--on-deny)}
.reveal{margin:.625rem 0 .375rem;font-weight:600}
.sheet>:last-child,.end>:last-child,.fault>:last-child{margin-bottom:0}
.problem{color:var(--deny);font-weight:600;margin:.25rem 0}
.skip{display:block;position:sticky;bottom:.5rem;margin:0 0 .75rem;padding:.625rem;min-height:2.75rem;border-radius:.5rem;
border:1px solid var(--edge);background:var(--sheet);text-align:center;font-weight:600;box-shadow:0 .125rem .5rem #0004}
html{scroll-padding:1rem 0 4.5rem}
@media (min-width:30rem){
dl{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:.375rem .75rem}
dl div{display:contents}
dt,dd,dd p:first-child{display:block}
dt::after{content:none}
}
@media (min-width:60rem){
.two{display:grid;grid-template-columns:minmax(0,1fr) 21rem;gap:0 1rem;align-items:start}
.two>.top{grid-column:1/-1}
.two>.decide{grid-column:2;position:sticky;top:1rem;max-height:calc(100vh - 2rem);overflow-y:auto}
.two>.card{grid-column:1}
.skip{display:none}
}
@media (forced-colors:active){.choice button,.warn,.fault,.end{border:2px solid}}
@media print{.decide,.skip{display:none}}
`;

export const STYLE = `${COLOURS}${GROUND}${CARD}${FORM}`;

const HASH = createHash('sha256').update(STYLE).digest('base64');

/** No script, image, font or frame, from nowhere; forms go to this site alone. */
export const PAGE_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${HASH}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
