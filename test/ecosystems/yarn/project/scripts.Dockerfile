FROM node:20
RUN npm install --global yarn@1.22.22
WORKDIR /app
COPY . .
RUN yarn install --frozen-lockfile
CMD ["node", "src/server.js"]
