# syntax=docker/dockerfile:1
FROM maven:3 AS build
WORKDIR /src
COPY . .
RUN mvn -B package

FROM maven:3
COPY --from=build /src/app/target/app.jar /app/app.jar
COPY --from=build /src/lib/target/lib-1.0.0.jar /app/lib.jar
CMD ["java", "-cp", "/app/*", "example.app.App"]
