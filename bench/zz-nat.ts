import { createFinder } from '/work/main/src/masking/scan/finder.ts';
import { DETECTORS } from '/work/main/src/masking/detectors/all.ts';
import { faker } from '@faker-js/faker';
const f=createFinder({detectors:DETECTORS});
faker.seed(3);
const nat='It was a bright cold day in April and the clocks were striking. The customer wrote again about her delivery; we answered that the parcel had left the warehouse on Monday and that nothing else could be done before it came back. Please note that our office is closed on public holidays. The engineers looked into why the service had restarted and found that memory was short, so they moved two of the jobs elsewhere and wrote it down. Nobody was harmed, and people were glad that it was over so soon. Each release is tested by everyone in the team before it goes out to those who wait for it. ';
const lorem=Array.from({length:400},()=>faker.lorem.paragraph()).join('\n');
const bs=Array.from({length:2000},()=>faker.company.buzzPhrase()+'. '+faker.hacker.phrase()).join('\n');
for(const [k,src] of Object.entries({nat:nat.repeat(200),lorem,bs})) for(const n of [100,10000,100000]){ const flat=Buffer.from(src).toString(); const ts:string[]=[];for(let i=0;i+n<=flat.length&&ts.length<2000;i+=n)ts.push(Buffer.from(flat.slice(i,i+n)).toString()); const bytes=ts.length*n;const R=Math.ceil(4e6/bytes);for(const t of ts)f.find(t);let b=0;for(let j=0;j<3;j++){const s=process.cpuUsage();for(let i=0;i<R;i++)for(const t of ts)f.find(t);b=Math.max(b,bytes*R/1e3/(process.cpuUsage(s).user/1000))}console.log(k,n,b.toFixed(1)); }
