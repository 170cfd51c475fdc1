import { DataTypes, type ModelStatic, type Model, type Sequelize } from 'sequelize';

type AnyModel = ModelStatic<Model<Record<string, unknown>, Record<string, unknown>>>;

/** The models of a club. */
export interface Club {
  readonly Member: AnyModel;
  readonly Team: AnyModel;
  readonly Game: AnyModel;
  readonly Score: AnyModel;
}

/** Defines the models and their associations. */
export function defineClub(sequelize: Sequelize): Club {
  const Member: AnyModel = sequelize.define(
    'Member',
    {
      email: { type: DataTypes.STRING(190), allowNull: false, unique: true },
      firstName: { type: DataTypes.STRING, field: 'first_name' },
      age: DataTypes.INTEGER.UNSIGNED,
      level: { type: DataTypes.ENUM('gold', 'silver'), defaultValue: 'silver' },
      settings: DataTypes.JSON,
      bio: DataTypes.TEXT('long'),
      fee: { type: DataTypes.DECIMAL(10, 2), defaultValue: 0 },
      joined: DataTypes.DATEONLY,
      seen: DataTypes.DATE(6),
      photo: DataTypes.BLOB('tiny'),
      isActive: { type: DataTypes.BOOLEAN, defaultValue: true },
      code: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 },
    },
    {
      paranoid: true,
      version: true,
      indexes: [
        { fields: ['first_name', 'age'] },
        { fields: ['level'], name: 'members_level' },
        { type: 'FULLTEXT', fields: ['bio'], name: 'members_bio' },
      ],
      scopes: { active: { where: { isActive: true } } },
    },
  );
  const Team: AnyModel = sequelize.define(
    'Team',
    { name: { type: DataTypes.STRING(50), unique: 'team_name' }, founded: DataTypes.TIME, rank: DataTypes.FLOAT },
    { underscored: true, comment: 'of the club' },
  );
  const Game: AnyModel = sequelize.define(
    'Game',
    { title: DataTypes.STRING, playedAt: DataTypes.DATE, length: DataTypes.BIGINT, place: DataTypes.GEOMETRY('POINT') },
    { tableName: 'games', timestamps: false },
  );
  const Score: AnyModel = sequelize.define('Score', {
    points: { type: DataTypes.SMALLINT, allowNull: false },
    note: DataTypes.CHAR(20),
    ratio: DataTypes.DOUBLE,
  });
  Team.hasMany(Member, { as: 'members', foreignKey: 'teamId', onDelete: 'SET NULL' });
  Member.belongsTo(Team, { as: 'team', foreignKey: 'teamId' });
  Member.belongsToMany(Game, { through: 'MemberGames', as: 'games' });
  Game.belongsToMany(Member, { through: 'MemberGames', as: 'players' });
  Game.hasMany(Score, { as: 'scores', onDelete: 'CASCADE' });
  Score.belongsTo(Game);
  Score.belongsTo(Member, { as: 'scorer' });
  Member.hasOne(Score, { as: 'best', foreignKey: 'scorerId' });
  return { Member, Team, Game, Score };
}
