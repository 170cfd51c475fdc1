/** What `prisma migrate dev` writes for prisma/schema.prisma, and the table in which `migrate deploy` keeps its account. */
export const PRISMA_MIGRATION: readonly string[] = [
  `CREATE TABLE _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             DATETIME(3),
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          DATETIME(3),
    started_at              DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    applied_steps_count     INTEGER UNSIGNED NOT NULL DEFAULT 0
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `-- CreateTable
CREATE TABLE \`User\` (
    \`id\` INTEGER NOT NULL AUTO_INCREMENT,
    \`email\` VARCHAR(191) NOT NULL,
    \`name\` VARCHAR(191) NULL,
    \`role\` ENUM('USER', 'ADMIN') NOT NULL DEFAULT 'USER',
    \`age\` INTEGER NULL,
    \`balance\` DECIMAL(12, 2) NOT NULL DEFAULT 0,
    \`settings\` JSON NULL,
    \`active\` BOOLEAN NOT NULL DEFAULT true,
    \`createdAt\` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    \`updatedAt\` DATETIME(3) NOT NULL,

    UNIQUE INDEX \`User_email_key\`(\`email\`),
    INDEX \`User_name_age_idx\`(\`name\`, \`age\`),
    PRIMARY KEY (\`id\`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `-- CreateTable
CREATE TABLE \`Profile\` (
    \`id\` INTEGER NOT NULL AUTO_INCREMENT,
    \`bio\` TEXT NULL,
    \`photo\` LONGBLOB NULL,
    \`userId\` INTEGER NOT NULL,

    UNIQUE INDEX \`Profile_userId_key\`(\`userId\`),
    PRIMARY KEY (\`id\`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `-- CreateTable
CREATE TABLE \`Post\` (
    \`id\` BIGINT NOT NULL AUTO_INCREMENT,
    \`title\` VARCHAR(200) NOT NULL,
    \`body\` LONGTEXT NULL,
    \`published\` BOOLEAN NOT NULL DEFAULT false,
    \`rating\` DOUBLE NULL,
    \`slug\` VARCHAR(191) NOT NULL,
    \`authorId\` INTEGER NOT NULL,

    FULLTEXT INDEX \`Post_title_idx\`(\`title\`),
    UNIQUE INDEX \`Post_authorId_title_key\`(\`authorId\`, \`title\`),
    PRIMARY KEY (\`id\`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `-- CreateTable
CREATE TABLE \`Comment\` (
    \`id\` INTEGER NOT NULL AUTO_INCREMENT,
    \`text\` VARCHAR(191) NOT NULL,
    \`postId\` BIGINT NOT NULL,
    \`authorId\` INTEGER NULL,

    PRIMARY KEY (\`id\`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `-- CreateTable
CREATE TABLE \`categories\` (
    \`id\` INTEGER NOT NULL AUTO_INCREMENT,
    \`name\` VARCHAR(191) NOT NULL,
    \`parentId\` INTEGER NULL,

    UNIQUE INDEX \`categories_name_key\`(\`name\`),
    PRIMARY KEY (\`id\`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `-- CreateTable
CREATE TABLE \`_CategoryToPost\` (
    \`A\` INTEGER NOT NULL,
    \`B\` BIGINT NOT NULL,

    UNIQUE INDEX \`_CategoryToPost_AB_unique\`(\`A\`, \`B\`),
    INDEX \`_CategoryToPost_B_index\`(\`B\`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  `-- AddForeignKey
ALTER TABLE \`Profile\` ADD CONSTRAINT \`Profile_userId_fkey\` FOREIGN KEY (\`userId\`) REFERENCES \`User\`(\`id\`) ON DELETE CASCADE ON UPDATE CASCADE`,
  `-- AddForeignKey
ALTER TABLE \`Post\` ADD CONSTRAINT \`Post_authorId_fkey\` FOREIGN KEY (\`authorId\`) REFERENCES \`User\`(\`id\`) ON DELETE RESTRICT ON UPDATE CASCADE`,
  `-- AddForeignKey
ALTER TABLE \`Comment\` ADD CONSTRAINT \`Comment_authorId_fkey\` FOREIGN KEY (\`authorId\`) REFERENCES \`User\`(\`id\`) ON DELETE SET NULL ON UPDATE CASCADE`,
  `-- AddForeignKey
ALTER TABLE \`categories\` ADD CONSTRAINT \`categories_parentId_fkey\` FOREIGN KEY (\`parentId\`) REFERENCES \`categories\`(\`id\`) ON DELETE NO ACTION ON UPDATE NO ACTION`,
  "SELECT table_name AS table_name FROM information_schema.tables WHERE table_schema = 'shop' AND table_name = '_prisma_migrations'",
  'SELECT `id`, `checksum`, `finished_at`, `migration_name`, `logs`, `rolled_back_at`, `started_at`, `applied_steps_count` FROM `_prisma_migrations` ORDER BY `started_at` ASC',
  "INSERT INTO `_prisma_migrations` (`id`, `checksum`, `started_at`, `migration_name`) VALUES ('6f9619ff-8b86-4d01-b42d-00cf4fc964ff', 'c0ffee', '2026-01-02 03:04:05', '20260102_init')",
  "UPDATE `_prisma_migrations` SET `applied_steps_count` = `applied_steps_count` + 1 WHERE `id` = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'",
  "UPDATE `_prisma_migrations` SET `finished_at` = '2026-01-02 03:04:06' WHERE `id` = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'",
];
