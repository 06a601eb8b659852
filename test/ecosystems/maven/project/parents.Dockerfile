# syntax=docker/dockerfile:1
FROM maven:3 AS build
WORKDIR /src
COPY . .
RUN mvn -B package

FROM maven:3
COPY --from=build /src/target/greeter.jar /app/greeter.jar
CMD ["java", "-jar", "/app/greeter.jar"]
