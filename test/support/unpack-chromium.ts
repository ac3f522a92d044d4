// Unpacks the Chromium that comes from npm, into the directory for temporary files: a process of its own is told which that is.
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
