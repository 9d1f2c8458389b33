// What a build would install: phases 1 to 4, which make nothing.
import { createBuilder } from 'joblet';

const builder = createBuilder({ root: process.env.JOBLET_ROOT });
const { spec, platform, plan } = await builder.validate(process.argv[2]);
console.log(`${spec.name} on ${platform.id}, of ${plan.packages.release}`);
for (const { name, version } of plan.packages.build) console.log(`${name} ${version}`);
