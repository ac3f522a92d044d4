// Schemes of databases, queues and directories: what is in such a URL is a connection string.

const STORES = new Set(
  'postgres postgresql pg psql cockroachdb cockroach redshift timescaledb mysql mysqlx mariadb aurora mongodb redis rediss valkey memcached amqp amqps rabbitmq nats tls kafka mqtt mqtts stomp ldap ldaps mssql sqlserver sqlserver2 oracle db2 snowflake clickhouse clickhouses ch couchbase couchbases couchdb cassandra scylla neo4j neo4js bolt elasticsearch elastic opensearch influxdb influx smtp smtps imap imaps pop3 pop3s presto trino hive impala vertica firebird sqlite libsql hana sap teradata databricks drill dremio tidb vitess planetscale singlestore surrealdb rethinkdb arangodb dgraph etcd consul zookeeper celery sentinel jdbc odbc ibm_db_sa ado'.split(
    ' ',
  ),
);

/** `postgresql+psycopg2`, `mongodb+srv`, `jdbc:mysql`: by its first part. */
export function isStore(scheme: string): boolean {
  const plus = scheme.indexOf('+');
  return STORES.has(plus === -1 ? scheme : scheme.slice(0, plus));
}
