/** Names that people mean when a registry does not know what they wrote; only for hints. */
export const POPULAR_NAMES: readonly string[] = `
ajv archiver async axios babel-core bcrypt better-sqlite3 bluebird body-parser bootstrap canvas chai chalk cheerio chokidar
class-validator classnames commander compression concurrently cookie-parser core-js cors cross-env cross-fetch csv-parse date-fns
dayjs debug dotenv ejs electron esbuild eslint execa express express-session fastify fs-extra glob got graphql handlebars helmet
http-proxy immutable ioredis jest jimp joi jquery jsdom jsonwebtoken knex koa lodash luxon marked mathjs mime minimist mkdirp mocha
moment mongodb mongoose morgan multer mysql2 nanoid next node-fetch nodemailer nodemon nunjucks openai ora passport pdf-lib pg pino
pm2 playwright prettier prisma puppeteer ramda react react-dom redis request rimraf rollup rxjs semver sequelize sharp socket.io
sqlite3 stripe supertest superagent tailwindcss three ts-node tslib tsx typeorm typescript underscore undici uuid validator vite
vitest vue webpack winston ws xlsx xml2js yargs yup zod zx
`
  .trim()
  .split(/\s+/);
